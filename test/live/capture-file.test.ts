/**
 * What `nsdiag capture -w` writes, by the reading of tshark: interfaces, order, directions, and comments on packets that were
 * lost or rewritten; and that `nsdiag analyze` finds the topology in it.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { isInstalled } from '../../src/system/installed.ts';
import { BIN, inWorld, liveTest, until, type World } from '../helpers/world.ts';

/** ns1 behind a router that masquerades, and drops what goes to UDP port 9. */
const WORLD = `
  sysctl -qw net.ipv4.ip_forward=1
  for n in 1 2; do
    ip netns add ns$n
    ip netns exec ns$n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ip link add dev h$n type veth peer name veth$n netns ns$n
    sysctl -qw net.ipv6.conf.h$n.disable_ipv6=1
    ip addr add 10.0.$n.254/24 dev h$n
    ip link set dev h$n up
    ip -n ns$n addr add 10.0.$n.1/24 dev veth$n
    ip -n ns$n link set dev veth$n up
  done
  ip -n ns1 route add default via 10.0.1.254
  nft -f - <<'RULES'
    table ip t {
      chain post { type nat hook postrouting priority 100; oifname h2 masquerade; }
      chain pass { type filter hook forward priority 0; udp dport 9 drop; }
    }
RULES
`;
const ANSWERED = ['ip', 'netns', 'exec', 'ns1', 'ping', '-c1', '-W1', '10.0.2.1'] as const;
const FIELDS = ['interface_name', 'interface_description', 'packet_flags_direction', 'comment'].map(
  (name) => `frame.${name}`,
);

liveTest('tshark reads from the file of a capture which packets were lost and which rewritten', async ({ skip }) => {
  skip(!isInstalled('tshark'), 'tshark, the judge of captures, is not installed');
  await inWorld(async (world) => {
    await world.sh(`mount -t tmpfs none /mnt\n${WORLD}`);
    await until(async () => (await world.run(ANSWERED)).exitCode === 0, 'an answered ping');
    const program = ['bash', '-c', 'ping -c1 -W1 -q 10.0.2.1; echo lost > /dev/udp/10.0.2.1/9'];
    const argv = ['capture', 'ns1', 'host', 'ns2', '-w', '/mnt/all.pcapng', '--split', '--', ...program];
    const captured = await world.nsdiag(argv, { timeoutMs: 60_000 });
    expect(captured).toMatchObject({ exitCode: 1 });

    const rows = await tshark(world, '/mnt/all.pcapng', ['ip.src', 'ip.proto', ...FIELDS]);
    const [icmp, udp] = ['1', '17'].map((protocol) =>
      rows.filter(([, each]) => each === protocol).map(([, , ...row]) => row),
    );
    const [veth1, h1, h2, veth2] = [
      ['ns1:veth1', 'ns1:veth1, veth to host:h1, 10.0.1.1/24'],
      ['host:h1', 'host:h1, veth to ns1:veth1, 10.0.1.254/24'],
      ['host:h2', 'host:h2, veth to ns2:veth2, 10.0.2.254/24'],
      ['ns2:veth2', 'ns2:veth2, veth to host:h2, 10.0.2.1/24'],
    ];
    const [isIn, isOut] = ['0x00000001', '0x00000002'];
    const became = expect.stringMatching(/^nsdiag: .* became 10\.0\.2\.\d+ > /);
    expect(icmp).toEqual([
      [...veth1, isOut, ''],
      [...h1, isIn, ''],
      [...h2, isOut, became],
      [...veth2, isIn, ''],
      [...veth2, isOut, ''],
      [...h2, isIn, ''],
      [...h1, isOut, became],
      [...veth1, isIn, ''],
    ]);
    expect(udp).toEqual([
      [...veth1, isOut, ''],
      [
        ...h1,
        isIn,
        expect.stringMatching(
          /^nsdiag: lost after here: not seen in .* within 200 ms,nsdiag: firewall-drop \(request\): .*nft/,
        ),
      ],
    ]);
    const { stdout: said } = await world.run(['capinfos', '/mnt/all.pcapng']);
    expect(said).toMatch(/Strict time order: +True/);
    expect(said).toMatch(
      /Capture comment: +\d+ packets: .*1 lost.* Lost: 1 × UDP .* firewall-drop .* no destination MAC/,
    );

    const split = await Promise.all(
      ['ns1', 'host', 'ns2'].map((name) => tshark(world, `/mnt/all-${name}.pcap`, ['ip.src'])),
    );
    // The rest is ARP.
    expect(split.map((each) => each.filter(([source]) => source !== '').length)).toEqual([3, 5, 2]);
    expect(existsSync(`${world.root}/mnt/all.pcapng.nsdiag-${process.pid}`)).toBe(false);
    expect(await world.sh('ls /mnt')).toBe('all-host.pcap\nall-ns1.pcap\nall-ns2.pcap\nall.pcapng\n');

    const { stdout } = await world.nsdiag(['analyze', '/mnt/all.pcapng'], { timeoutMs: 60_000 });
    expect(stdout).toContain('firewall-drop');
    // The same ifindex in two namespaces is two devices.
    expect(stdout).not.toContain('mac-flapping');
  });
});

liveTest('the file of a capture goes to a pipe as well, where tshark reads it as it comes', async ({ skip }) => {
  skip(!isInstalled('tshark'), 'tshark, the judge of captures, is not installed');
  await inWorld(async (world) => {
    await world.sh(WORLD);
    await until(async () => (await world.run(ANSWERED)).exitCode === 0, 'an answered ping');
    const script = `"$0" "$1" capture ns2 -w - --filter icmp -- ping -c2 -i0.1 -q 10.0.2.254 | tshark -l -r - -T fields -e frame.interface_name`;
    const { stdout } = await world.run(['sh', '-c', script, process.execPath, BIN], { timeoutMs: 60_000 });
    expect(stdout).toBe('ns2:veth2\n'.repeat(4));
  });
});

async function tshark(world: World, file: string, fields: readonly string[]): Promise<readonly (readonly string[])[]> {
  const asked = fields.flatMap((field) => ['-e', field]);
  const argv = ['tshark', '-n', '-r', file, '-T', 'fields', '-E', 'separator=|', ...asked] as const;
  const { stdout, stderr, exitCode } = await world.run(argv, { timeoutMs: 30_000 });
  expect({
    exitCode,
    complaints: stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user')),
  }).toEqual({
    exitCode: 0,
    complaints: [],
  });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('|'));
}
