/** nsdiag capture follows the same packet from namespace to namespace, and leaves nothing behind. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { journeyDocument, summaryDocument } from '../../src/report/live-json.ts';
import { ROUTER_WORLD } from '../helpers/probing.ts';
import { BIN, buildLab, inWorld, liveTest, until, type World } from '../helpers/world.ts';

type Journey = ReturnType<typeof journeyDocument>;
type Summary = ReturnType<typeof summaryDocument>;

/** The lines of `--json`. */
function linesOf(stdout: string) {
  const lines: (Journey | Summary | { kind: 'notice'; text: string })[] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const journeys = lines.filter((line): line is Journey => line.kind === 'journey');
  const summary = lines.at(-1) as Summary;
  /** The way of packets of such a text: `ns1:v1 ns2:v2`. */
  const ways = (text: RegExp) =>
    journeys
      .filter((journey) => text.test(journey.text))
      .map(({ hops }) => hops.map(({ netns, device }) => `${netns}:${device}`).join(' '));
  return { journeys, summary, ways };
}

async function answered(world: World, from: string, to: string): Promise<void> {
  const ping = ['ip', 'netns', 'exec', from, 'ping', '-c1', '-W1', to] as const;
  await until(async () => (await world.run(ping)).exitCode === 0, `an answered ping from ${from} to ${to}`);
}

liveTest('nsdiag capture --between follows a ping through a router and back, and ends with it', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await answered(world, 'ns1', '10.0.2.2');
    const ping = ['ping', '-q', '-c2', '-i0.01', '10.0.2.2'];
    const { exitCode, stdout, stderr } = await world.nsdiag([
      'capture',
      '--json',
      '--between',
      'ns1',
      'ns3',
      '--',
      ...ping,
    ]);
    const { journeys, summary, ways } = linesOf(stdout);
    expect(ways(/^ICMP echo request/)).toEqual(Array(2).fill('ns1:v1 ns2:v2 ns2:v3 ns3:v4'));
    expect(ways(/^ICMP echo reply/)).toEqual(Array(2).fill('ns3:v4 ns2:v3 ns2:v2 ns1:v1'));
    expect(journeys.find(({ text }) => text.startsWith('ICMP echo request'))).toMatchObject({
      fate: { kind: 'arrived' },
      hops: [
        { direction: 'out', ttl: 64, afterUs: 0 },
        { direction: 'in' },
        { direction: 'out', ttl: 63 },
        { direction: 'in' },
      ],
    });
    expect(summary).toMatchObject({ kind: 'summary', verdict: 'arrived', lost: [], unanswered: [] });
    expect(summary.namespaces.map(({ name, dropped }) => [name, dropped])).toEqual([
      ['ns1', 0],
      ['ns2', 0],
      ['ns3', 0],
    ]);
    // The program's own output is passed on, and is not in the stream.
    expect(stderr).toContain('2 packets transmitted, 2 received');
    expect(exitCode).toBe(0);
  });
});

liveTest(
  'nsdiag capture says where packets are lost, and why; and of those that arrive, that nobody answers',
  async () => {
    await inWorld(async (world) => {
      await world.sh(ROUTER_WORLD);
      await answered(world, 'ns1', '10.0.2.2');
      await world.sh(`ip netns exec ns2 nft -f - <<'END'
      table ip t { chain f { type filter hook forward priority 0; icmp type echo-request drop; }; }
END
      ip netns exec ns3 nft 'add table ip t; add chain ip t i { type filter hook input priority 0; tcp dport 9 drop; }'`);
      const ping = ['ping', '-q', '-c2', '-i0.01', '-W1', '10.0.2.2'];
      const { exitCode, stdout } = await world.nsdiag(['capture', '--between', 'ns1', 'ns3', '--', ...ping]);
      expect(stdout).toMatch(
        /ICMP echo request 10\.0\.1\.2 > 10\.0\.2\.2 {2}ns1:v1 > ns2:v2 \+.* ✗ not seen at ns2:v3 after 200 ms/,
      );
      expect(stdout).toMatch(/^ns2:v2 → ns2:v3 +2 +2 +-$/m);
      expect(stdout).toContain('cause   firewall-drop (request): ns2 drops it at the forward hook');
      expect(exitCode).toBe(1);

      // Half of what is asked and answered passes the filter: no reason to miss the other half.
      const toOne = ['capture', '--json', '--filter', 'dst host 10.0.1.2', 'ns2', 'ns1', '--'];
      const oneWay = await world.nsdiag([...toOne, 'ping', '-q', '-c1', '-W1', '10.0.1.2']);
      expect(linesOf(oneWay.stdout).summary).toMatchObject({
        verdict: 'arrived',
        unanswered: [],
        notes: [expect.stringContaining('keep answers out')],
      });

      const nowhere = [
        'capture',
        '--json',
        '--filter',
        'icmp',
        'ns1',
        'ns2',
        '--',
        'ping',
        '-q',
        '-c1',
        '-W1',
        '10.9.9.9',
      ];
      const [lost] = linesOf((await world.nsdiag(nowhere)).stdout).summary.lost;
      expect(lost).toMatchObject({ lastSeen: 'ns2:v2', said: '10.0.1.1 says: Destination Net Unreachable' });

      const connect = ['timeout', '2', 'bash', '-c', 'exec 3<>/dev/tcp/10.0.2.2/9'];
      const silent = await world.nsdiag([
        'capture',
        '--json',
        '--filter',
        'tcp',
        'ns1',
        'ns2',
        'ns3',
        '--',
        ...connect,
      ]);
      const { summary } = linesOf(silent.stdout);
      expect(summary.unanswered[0]?.lastSeen).toBe('ns3:v4');
      expect(summary.unanswered[0]?.model?.causes[0]).toMatchObject({ code: 'firewall-drop', netns: 'ns3' });
      expect(summary).toMatchObject({ verdict: 'lost', lost: [] });
      expect(silent.exitCode).toBe(1);
    });
  },
);

liveTest('nsdiag capture does not miss an answer that comes home by where nobody listens', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}
      ip -n ns1 link add dev home type veth peer name away netns ns3
      ip -n ns1 link set dev home up
      ip -n ns3 link set dev away up
      ip -n ns3 route add 10.0.1.2/32 dev away src 10.0.2.2
    `);
    await answered(world, 'ns1', '10.0.2.2');
    const asking = ['ip', 'netns', 'exec', 'ns1', 'ping', '-q', '-c1', '-W1', '10.0.2.2'];
    const capture = ['capture', '--json', '--filter', 'icmp'];
    const { stdout, exitCode } = await world.nsdiag([...capture, 'ns2', '--', ...asking]);
    const { summary } = linesOf(stdout);
    expect([exitCode, summary.verdict, summary.unanswered.length]).toEqual([3, 'undecided', 1]);
    expect(summary.notes).toContainEqual(expect.stringContaining('1 packet may have been answered by another way'));
    const everywhere = await world.nsdiag([...capture, 'ns1', 'ns2', '--', ...asking]);
    expect([everywhere.exitCode, linesOf(everywhere.stdout).summary.unanswered]).toEqual([0, []]);
  });
});

liveTest('nsdiag capture knows a packet within a tunnel and behind it', async () => {
  await inWorld(async (world) => {
    await buildLab(world, 'vxlan-overlay');
    await answered(world, 'c1', '10.42.0.12');
    await world.sh('ip -n c1 neigh flush all');
    const ping = ['ping', '-q', '-c1', '-W1', '10.42.0.12'];
    const capture = ['capture', '--json', '-w', '/run/all.pcapng', '--between', 'c1', 'c2'];
    const { stdout, exitCode } = await world.nsdiag([...capture, '--', ...ping]);
    // What a bridge passes up to itself has the stamp of its coming in, and is seen behind what it sent to its ports.
    const asked = linesOf(stdout).journeys.find(({ text }) => text.startsWith('ARP who-has 10.42.0.12'));
    expect(asked?.hops.slice(0, 4).map(({ netns, device }) => `${netns}:${device}`)).toEqual([
      'c1:eth0',
      'm1:vethc1',
      'm1:br0',
      'm1:vx0',
    ]);
    expect(linesOf(stdout).summary.file).toMatchObject({ late: 0 });
    const times = await world.sh('tshark -r /run/all.pcapng -T fields -e frame.time_epoch');
    const stamps = times.trim().split('\n');
    expect(stamps.length).toBeGreaterThan(20);
    expect(stamps).toEqual([...stamps].sort());
    const request = linesOf(stdout).journeys.find(({ text }) => text.startsWith('ICMP echo request'));
    expect(request?.hops.map(({ netns, device, changes }) => [`${netns}:${device}`, ...changes].join(' '))).toEqual([
      'c1:eth0',
      'm1:vethc1',
      'm1:vx0',
      'm1:eth0 in VXLAN 42',
      'm2:eth0',
      'm2:vx0 out of the tunnel',
      'm2:vethc2',
      'c2:eth0',
    ]);
    expect(exitCode).toBe(0);
  });
});

liveTest('nsdiag capture knows a packet behind a translation', async () => {
  await inWorld(async (world) => {
    await buildLab(world, 'published-port');
    await answered(world, 'web', '198.51.100.10');
    const fetch = ['bash', '-c', 'exec 3<>/dev/tcp/198.51.100.1/8080'];
    const nat = linesOf((await world.nsdiag(['capture', '--json', 'client', 'gw', 'web', '--', ...fetch])).stdout);
    const syn = nat.journeys.find(({ text }) => text.startsWith('TCP SYN 198'));
    expect(syn?.hops.map(({ netns, device }) => `${netns}:${device}`)).toEqual([
      'client:eth0',
      'gw:wan',
      'gw:br0',
      'gw:br0.web',
      'web:eth0',
    ]);
    expect(syn?.hops[2]?.changes[0]).toMatch(
      /^198\.51\.100\.10:\d+ > 198\.51\.100\.1:8080 became 198\.51\.100\.10:\d+ > 172\.20\.0\.2:80$/,
    );
    expect(nat.summary.hops.find(({ from, to }) => from === 'gw:wan' && to === 'gw:br0')?.rewritten).toBeGreaterThan(0);
  });
});

liveTest('nsdiag capture leaves a whole file and no tcpdump, whatever ends it', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await answered(world, 'ns1', '10.0.2.2');
    for (const [signal, exitCode] of [
      ['SIGINT', 0],
      ['SIGTERM', 0],
      ['SIGKILL', null],
    ] as const) {
      const path = `/run/${signal}.pcapng`;
      const capture = [process.execPath, BIN, 'capture', 'ns1', 'ns3', '--filter', 'icmp', '-w', path] as const;
      const running = world.start(['setsid', ...capture]);
      await running.said(/Listening in ns1, ns3/);
      const started = await world.sh('pgrep -c tcpdump');
      expect(Number(started)).toBe(2);
      await answered(world, 'ns1', '10.0.2.2');
      await running.said(/echo reply.*ns3:v4 > ns1:v1/);
      running.signalGroup(signal);
      const ended = await running.exited;
      if (exitCode !== null) {
        expect([ended, running.output]).toEqual([exitCode, expect.stringContaining('✓')]);
        expect(running.output).not.toContain('nobody listens');
      }
      await until(async () => (await world.run(['pgrep', 'tcpdump'])).exitCode === 1, 'the end of every tcpdump');
      const file = join(world.root, path);
      expect(existsSync(file) && readFileSync(file).length).toBeGreaterThan(400);
      // tshark exits with 2 for a file that is cut.
      const read = await world.run([
        'tshark',
        '-r',
        path,
        '-T',
        'fields',
        '-e',
        'frame.interface_name',
        '-e',
        'frame.packet_flags_direction',
      ]);
      expect(read.exitCode).toBe(0);
      expect(read.stdout.trim().split('\n').slice(0, 4)).toEqual([
        'ns1:v1\t0x00000002',
        'ns3:v4\t0x00000001',
        'ns3:v4\t0x00000002',
        'ns1:v1\t0x00000001',
      ]);
    }
  });
});

liveTest('nsdiag capture says what it cannot do, and exits with 2', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const failed = async (...words: readonly string[]) => {
      const { exitCode, stderr, stdout } = await world.nsdiag(['capture', ...words]);
      expect([exitCode, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(await failed('nsx')).toContain('Cannot capture in "nsx": there is no such namespace\n  Near: ns1');
    expect(await failed('ns1:v9')).toContain('ns1 has no such device');
    expect(await failed('ns1', '--filter', 'no such thing')).toContain('syntax error');
    expect(await failed('ns1', '--filter', 'ether host 2:0:0:0:0:1')).toContain('without Ethernet headers');
    expect(await failed('ns1', '-w', '/dev/full')).toContain('Cannot write /dev/full: the disk is full');
    expect(await failed('ns1', '-w', '/nowhere/file')).toContain('Cannot write /nowhere/file');
    expect(await failed('ns1', '--', 'no-such-program')).toContain('Cannot run no-such-program: it is not installed');
    expect(await failed('ns1', '--', './none')).toContain('Cannot run ./none: there is no such file that can be run');
    const notRun = await world.nsdiag(['capture', 'ns1', '--filter', 'icmp', '--', '/etc']);
    expect([notRun.exitCode, notRun.stderr]).toEqual([2, expect.stringContaining('Cannot run /etc: it could not')]);
    expect((await world.run(['pgrep', 'tcpdump'])).exitCode).toBe(1);
  });
});

liveTest('nsdiag capture says what appears and what goes while it runs, and keeps no namespace alive', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const running = world.start([process.execPath, BIN, 'capture', 'ns1', 'ns3']);
    await running.said(/Listening in ns1, ns3/);
    await world.sh('ip -n ns1 link add dev late type bridge');
    await running.said(/ns1:late has appeared/);
    await world.sh('ip -n ns1 link del dev late');
    await running.said(/ns1:late has gone/);
    await world.sh('ip netns del ns3');
    await running.said(/namespace ns3 has gone: nobody listens there any more/);
    // With its namespace the one end of the wire goes, and so the other.
    await until(async () => !(await world.sh('ip -n ns2 -br link')).includes('v3'), 'the end of the wire to ns3');
    await world.sh('ip netns add ns3');
    await running.said(/namespace ns3 has appeared, and is listened in from now on/);
    await world.sh('ip -n ns3 link set dev lo up; ip netns exec ns3 ping -c1 127.0.0.1');
    await running.said(/ns3:lo ✓/);
    running.signal('SIGINT');
    expect(await running.exited).toBe(0);
    expect((await world.run(['pgrep', 'tcpdump'])).exitCode).toBe(1);
  });
});
