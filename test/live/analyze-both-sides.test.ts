/**
 * Captures as people hand them over: plain tcpdump on both sides of a fault, or on all devices of a machine, without a
 * word. The first line is the truth, and it is told once.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type Background, inWorld, liveTest, until, type World } from '../helpers/world.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-both-sides-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

interface Told {
  readonly code: string;
  readonly severity: string;
  readonly what: string;
  readonly echoes: readonly { readonly code: string }[];
  readonly alsoIn: readonly { readonly file: string }[];
}

/** a, b and c on the bridge of h. */
const BRIDGED = `
  for n in h a b c; do ip netns add $n; ip -n $n link set dev lo up; ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; done
  ip -n h link add dev br0 type bridge forward_delay 0; ip -n h link set dev br0 up
  for n in a b c; do
    ip link add p$n netns h type veth peer name eth0 netns $n
    ip -n h link set dev p$n master br0 up; ip -n $n link set dev eth0 up
  done
  ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0; ip -n c addr add 10.0.0.3/24 dev eth0
`;

/** Two bridges with one link between them; the second one, not yet up, closes the ring. */
const RING = `
  for n in a s1 s2 b; do ip netns add $n; ip -n $n link set dev lo up; ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; done
  for s in s1 s2; do ip -n $s link add dev br0 type bridge forward_delay 0; ip -n $s link set dev br0 up; done
  ip link add pa netns s1 type veth peer name eth0 netns a; ip link add pb netns s2 type veth peer name eth0 netns b
  for x in x1 x2; do ip link add $x netns s1 type veth peer name $x netns s2; for s in s1 s2; do ip -n $s link set dev $x master br0; done; done
  ip -n s1 link set dev pa master br0 up; ip -n s2 link set dev pb master br0 up
  ip -n a link set dev eth0 up; ip -n b link set dev eth0 up
  ip -n s1 link set dev x1 up; ip -n s2 link set dev x1 up
  ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0
`;

/** As docker has it: a bridge, MASQUERADE for what leaves, a published port; c1 serves, out is the world. */
const DOCKER = `
  for n in h c1 c2 out; do ip netns add $n; ip -n $n link set dev lo up; ip netns exec $n sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1; done
  ip link add eth0 netns h type veth peer name eth0 netns out
  ip -n h addr add 198.51.100.2/24 dev eth0; ip -n out addr add 198.51.100.1/24 dev eth0; ip -n out addr add 203.0.113.7/32 dev lo
  ip -n h link set dev eth0 up; ip -n out link set dev eth0 up; ip -n h route add default via 198.51.100.1
  ip -n h link add dev docker0 type bridge forward_delay 0; ip -n h addr add 172.17.0.1/16 dev docker0; ip -n h link set dev docker0 up
  for c in c1 c2; do
    ip link add v$c netns h type veth peer name eth0 netns $c
    ip -n h link set dev v$c master docker0 up; ip -n $c link set dev eth0 up
    ip -n $c addr add 172.17.0.1$(expr $c : 'c\\(.*\\)')/16 dev eth0; ip -n $c route add default via 172.17.0.1
  done
  ip netns exec h sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0
  ip netns exec h iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
  ip netns exec h iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -p tcp --dport 8080 -j DNAT --to 172.17.0.11:80
`;

async function pings(world: World, netns: string, address: string): Promise<void> {
  const ping = ['ip', 'netns', 'exec', netns, 'ping', '-c1', '-W1', address] as const;
  await until(async () => (await world.run(ping)).exitCode === 0, `an answer of ${address} to ${netns}`, 20_000);
}

const SNAP_BYTES = '200';
/** Packets, after which a capture of it ends. */
const ENOUGH_OF_STORM = '300';

/** Listens on a device; a full snap length with --immediate-mode leaves room for eight packets, and the kernel drops the others. */
async function listen(world: World, netns: string, device: string, ...more: readonly string[]): Promise<Background> {
  const how = ['-Z', 'root', '-n', '-U', '-i', device, '-s', SNAP_BYTES, '-w', fileOf(netns), ...more];
  const tcpdump = world.start(['ip', 'netns', 'exec', netns, 'tcpdump', ...how]);
  await tcpdump.said(/listening on/);
  return tcpdump;
}

function fileOf(netns: string): string {
  return join(FOLDER, `${netns}.pcap`);
}

/** What was captured in these namespaces: when every file has what shows that it is over. */
async function toldOf(
  world: World,
  listeners: ReadonlyMap<string, Background>,
  over: string,
): Promise<readonly Told[]> {
  const files = [...listeners.keys()].map(fileOf);
  for (const file of files) {
    const has = `tcpdump -nr ${file} 2>/dev/null | grep -q '${over}'`;
    await until(async () => (await world.run(['sh', '-c', has])).exitCode === 0, `${over} in ${file}`);
  }
  for (const tcpdump of listeners.values()) await tcpdump.stop();
  const { stdout } = await world.nsdiag(['analyze', '--json', ...files]);
  return (JSON.parse(stdout) as { findings: readonly Told[] }).findings;
}

const isTrouble = ({ severity }: Told) => severity !== 'note';

liveTest('nsdiag analyze sees an address that two own, which captures beside each of them do not', async () => {
  await inWorld(async (world) => {
    await world.sh(BRIDGED);
    await pings(world, 'c', '10.0.0.1');
    await pings(world, 'c', '10.0.0.2');
    await world.sh('ip -n a addr add 10.0.0.2/24 dev eth0; ip -n c neigh flush dev eth0');
    const listeners = new Map([
      ['a', await listen(world, 'a', 'eth0')],
      ['b', await listen(world, 'b', 'eth0')],
    ]);
    await pings(world, 'c', '10.0.0.2');

    const told = await toldOf(world, listeners, 'ARP, Reply 10.0.0.2');

    expect(told.filter(isTrouble)).toMatchObject([
      { code: 'duplicate-address', what: expect.stringContaining('Two own 10.0.0.2: 10.0.0.3 asked for it') },
    ]);
  });
});

liveTest('nsdiag analyze calls a storm between two bridges a storm, and what it distorts but its echo', async () => {
  await inWorld(async (world) => {
    await world.sh(RING);
    await pings(world, 'a', '10.0.0.2');
    const listeners = new Map([
      ['a', await listen(world, 'a', 'eth0', '-c', ENOUGH_OF_STORM)],
      ['s2', await listen(world, 's2', 'x1', '-c', ENOUGH_OF_STORM)],
    ]);
    await world.sh('ip -n s1 link set dev x2 up; ip -n s2 link set dev x2 up');
    const asking = world.start(['ip', 'netns', 'exec', 'a', 'ping', '-c', '20', '-W', '1', '10.0.0.99']);
    await Promise.all([...listeners.values()].map(({ exited }) => exited));
    await world.sh('ip -n s1 link set dev x2 down');
    await asking.stop();

    const told = await toldOf(world, listeners, 'who-has 10.0.0.99');

    const [storm, ...others] = told.filter(isTrouble);
    expect(storm).toMatchObject({
      code: 'l2-loop',
      what: expect.stringContaining('10.0.0.1 asking for 10.0.0.99'),
      alsoIn: [{ file: expect.stringMatching(/(a|s2)\.pcap/) }],
    });
    expect(others).toEqual([]);
  });
});

liveTest('nsdiag analyze finds nothing wrong on all devices of a docker host that works', async () => {
  await inWorld(async (world) => {
    await world.sh(DOCKER);
    for (const netns of ['c1', 'c2']) await pings(world, netns, '203.0.113.7');
    const server = world.start(['ip', 'netns', 'exec', 'c1', 'nc', '-lkn', '-p', '80']);
    const published = ['ip', 'netns', 'exec', 'out', 'nc', '-nz', '-w', '5', '198.51.100.2', '8080'] as const;
    await until(async () => (await world.run(published)).exitCode === 0, 'the published port to answer');
    const listeners = new Map([['h', await listen(world, 'h', 'any')]]);
    await world.sh(`
      ip netns exec c2 ping -c1 -W5 203.0.113.7
      ip netns exec out nc -nz -w 5 198.51.100.2 8080
      ip netns exec c2 nc -nz -w 5 198.51.100.2 8080 || true
      ip netns exec c2 ping -q -c 7 -i 0.01 172.17.0.11
    `);

    const told = await toldOf(world, listeners, 'echo reply.*seq 7,');
    await server.stop();

    expect(told.filter(isTrouble)).toEqual([]);
    expect(told.map(({ code }) => code)).toContain('rewritten-between');
  });
});
