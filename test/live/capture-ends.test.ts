/** What ends a capture of `nsdiag capture`, and what does not: counts, closed pipes, full disks, a tcpdump that is killed. */

import { expect } from 'vitest';
import type { summaryDocument } from '../../src/report/live-json.ts';
import { isInstalled } from '../../src/system/installed.ts';
import { ROUTER_WORLD } from '../helpers/probing.ts';
import { BIN, inWorld, liveTest, until, type World } from '../helpers/world.ts';

type Summary = ReturnType<typeof summaryDocument>;

const NSDIAG = [process.execPath, BIN] as const;
const PING = ['ip', 'netns', 'exec', 'ns1', 'ping', '-q', '-i0.1', '10.0.2.2'] as const;

async function answered(world: World): Promise<void> {
  const ping = ['ip', 'netns', 'exec', 'ns1', 'ping', '-c1', '-W1', '10.0.2.2'] as const;
  await until(async () => (await world.run(ping)).exitCode === 0, 'an answered ping');
}

function summaryIn(stdout: string): Summary {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Summary;
}

async function noTcpdump(world: World): Promise<void> {
  await until(async () => (await world.run(['pgrep', 'tcpdump'])).exitCode === 1, 'the end of every tcpdump');
}

liveTest('nsdiag capture ends by itself: after so many packets, so long, or when nobody reads on', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await answered(world);
    world.start(PING);

    // It begins amid traffic: what passed before all listened is not lost.
    const counted = await world.nsdiag(['capture', 'ns1', 'ns2', 'ns3', '--filter', 'icmp', '--count', '3', '--json']);
    expect(counted).toMatchObject({ exitCode: 0 });
    expect(counted.stdout.match(/"kind":"journey"/g)).toHaveLength(3);
    expect(summaryIn(counted.stdout)).toMatchObject({ packets: 3, lost: [], unanswered: [] });

    const late = await world.nsdiag(['capture', 'ns1', '--filter', 'udp port 9', '--duration', '0.2']);
    expect(late).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('? No packet was seen') });

    for (const format of ['', '--json']) {
      const script = `"$0" "$1" capture ns1 ns3 --filter icmp ${format} | head -1`;
      const { stdout } = await world.run(['sh', '-c', script, ...NSDIAG], { timeoutMs: 30_000 });
      expect(stdout).toContain('ICMP echo');
      await noTcpdump(world);
    }
  });
});

liveTest('nsdiag capture goes on where it still can when a tcpdump is killed', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await answered(world);
    const running = world.start([...NSDIAG, 'capture', 'ns1', 'ns3', '--filter', 'icmp']);
    await running.said(/Listening in ns1, ns3/);
    await answered(world);
    await running.said(/ns1:v1 > ns3:v4 .*✓/);
    await world.sh(`for pid in $(pgrep tcpdump); do [ "$(ip netns identify $pid)" != ns3 ] || kill -9 $pid; done`);
    await running.said(/nobody listens in ns3 any more: tcpdump ended with SIGKILL/);
    await answered(world);
    await running.said(/ns1:v1 → ns2:v2, where nobody listens/);
    running.signal('SIGINT');
    expect(await running.exited).toBe(0);
    expect(running.output).toContain('tcpdump did not say how many it dropped in ns3');
    await noTcpdump(world);
  });
});

liveTest(
  'nsdiag capture on a disk that gets full says so, and leaves what fits as a file that tshark reads',
  async ({ skip }) => {
    skip(!isInstalled('tshark'), 'tshark, the judge of captures, is not installed');
    await inWorld(async (world) => {
      await world.sh(`mount -t tmpfs -o size=256k none /mnt\n${ROUTER_WORLD}`);
      await answered(world);
      const flood = ['ping', '-q', '-f', '-c', '1000', '10.0.2.2'];
      const full = await world.nsdiag(['capture', 'ns1', 'ns2', 'ns3', '-w', '/mnt/all.pcapng', '--', ...flood]);
      expect(full).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('Cannot write /mnt/all.pcapng: the disk is full'),
      });
      expect(full.stdout).toContain('Looked');
      const read = await world.run(['tshark', '-r', '/mnt/all.pcapng', '-T', 'fields', '-e', 'frame.interface_name']);
      // tshark exits with 2 for a file that is cut.
      expect(read.exitCode).toBe(0);
      expect(read.stdout.split('\n').length).toBeGreaterThan(500);
      expect(await world.sh('ls /mnt')).toBe('all.pcapng\n');
      await noTcpdump(world);
    });
  },
);

liveTest(
  'nsdiag capture loses nothing when whoever reads the packets is slow, and waits for them',
  async ({ skip }) => {
    skip(!isInstalled('tshark'), 'tshark, the judge of captures, is not installed');
    await inWorld(async (world) => {
      await world.sh(ROUTER_WORLD);
      await answered(world);
      // The reader begins when everything has been sent: 24 times what the pipe holds.
      const send = 'ip netns exec ns1 ping -q -f -c 3000 10.0.2.2; touch /run/sent';
      const read = 'until [ -e /run/sent ]; do sleep 0.05; done; exec cat > /run/all.pcapng';
      const script = `"$0" "$1" capture ns1 ns3 --filter icmp -w - -- sh -c '${send}' 2> /run/said | (${read})`;
      await world.run(['sh', '-c', script, ...NSDIAG], { timeoutMs: 50_000 });
      expect(await world.sh('cat /run/said')).toMatch(/Looked +12000 sightings of 6000 packets/);
      const stored = await world.run(['tshark', '-r', '/run/all.pcapng', '-T', 'fields', '-e', 'frame.number']);
      expect(stored.stdout.trimEnd().split('\n').at(-1)).toBe('12000');
    });
  },
);

/** Answers an echo after 1.5 s, as no kernel does. */
const SLOW = `
  socket(S, PF_INET, SOCK_RAW, 1) or die; $| = 1; print "ready\\n";
  while (defined(my $from = recv(S, my $packet, 65535, 0))) {
    my $echo = substr($packet, (ord($packet) & 15) * 4);
    next unless ord($echo) == 8;
    select(undef, undef, undef, 1.5);
    substr($echo, 0, 4) = "\\0\\0\\0\\0";
    my $sum = 0;
    $sum += $_ for unpack("n*", $echo);
    $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
    substr($echo, 2, 2) = pack("n", ~$sum & 0xffff);
    send(S, $echo, 0, $from);
  }
`;

liveTest(
  'nsdiag capture takes an answer that comes late for an answer, and says that it was late',
  async ({ skip }) => {
    skip(!isInstalled('perl'), 'perl, which answers late here, is not installed');
    await inWorld(async (world) => {
      await world.sh(ROUTER_WORLD);
      await answered(world);
      await world.sh('ip netns exec ns3 sysctl -qw net.ipv4.icmp_echo_ignore_all=1');
      const slow = world.start(['ip', 'netns', 'exec', 'ns3', 'perl', '-MSocket', '-e', SLOW]);
      await slow.said(/ready/);
      const ping = ['ping', '-q', '-c1', '-W9', '10.0.2.2'];
      const { exitCode, stdout } = await world.nsdiag(
        ['capture', 'ns1', 'ns2', 'ns3', '--filter', 'icmp', '--json', '--', ...ping],
        { timeoutMs: 30_000 },
      );
      const { verdict, unanswered, notes } = summaryIn(stdout);
      expect({ exitCode, verdict, unanswered }).toEqual({ exitCode: 0, verdict: 'arrived', unanswered: [] });
      expect(notes).toEqual([expect.stringMatching(/^1 question had to wait for an answer for more than a second/)]);
    });
  },
);

liveTest('nsdiag capture --all listens in a namespace that has no name, and only a process holds', async () => {
  await inWorld(async (world) => {
    const script = 'ip link set dev lo up; echo ready; exec ping -q -i0.1 127.0.0.1';
    const unnamed = world.start(['unshare', '--net', 'sh', '-c', script]);
    await unnamed.said(/ready/);
    const { stdout, stderr } = await world.nsdiag(['capture', '--all', '--filter', 'icmp', '--count', '2']);
    expect(stderr).toMatch(/^Listening in host, pid:\d+;/);
    expect(stdout).toMatch(/ICMP echo request 127\.0\.0\.1 > 127\.0\.0\.1 {2}pid:\d+:lo ✓/);
  });
});
