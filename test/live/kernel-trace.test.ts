/** The kernel tells what becomes of a packet that is lost; and nothing of that telling stays behind. */

import { readdirSync, readlinkSync } from 'node:fs';
import { expect } from 'vitest';
import type { KernelEvent } from '../../src/journey/kernel-trace.ts';
import type { Observation } from '../../src/journey/observation.ts';
import { probeIn, ROUTER_WORLD } from '../helpers/probing.ts';
import { BIN, inWorld, liveTest, until, type World } from '../helpers/world.ts';

/** `ns2 v2 request: dropped NETFILTER_DROP`. Functions have other names in other versions of Linux. */
function told({ kernel }: Observation): readonly string[] {
  return (kernel?.events ?? []).map(
    (event) => `${event.netns} ${event.device ?? '-'} ${event.leg}: ${eventText(event)}`,
  );
}

function eventText(event: KernelEvent): string {
  switch (event.kind) {
    case 'dropped':
      return `dropped ${event.reason}`;
    case 'icmp-sent':
      return `ICMP ${event.text}`;
    case 'reset-sent':
      return `reset ${event.reason}`;
    case 'lookup-failed':
      return `table ${event.table} ${event.source} > ${event.destination} ${event.error}`;
    case 'rule-took':
      return `${event.verdict} ${event.family} ${event.table} ${event.chain} ${[event.handle ?? [], event.text].flat().join(' ')}`;
  }
}

const NFT_FORWARD = 'add table ip f; add chain ip f c { type filter hook forward priority 0; }';

liveTest.for<readonly [string, string, readonly string[], { proto?: 'tcp' | 'udp'; port?: number }?]>([
  [
    'which nft policy dropped it',
    `ip netns exec ns2 nft 'add table ip f; add chain ip f c { type filter hook forward priority 0; policy drop; }'`,
    ['ns2 v2 request: drop ip f c policy drop', 'ns2 v2 request: dropped NETFILTER_DROP'],
  ],
  [
    'which rule dropped it before it was on any device',
    `ip netns exec ns1 nft 'add table ip f; add chain ip f c { type filter hook output priority 0; }; add rule ip f c drop'`,
    ['ns1 - request: drop ip f c 2 drop', 'ns1 - request: dropped NETFILTER_DROP'],
  ],
  [
    'which rule dropped the answer',
    `ip netns exec ns2 nft '${NFT_FORWARD}; add rule ip f c iif v3 drop'`,
    ['ns2 v3 reply: drop ip f c 2 iif "v3" drop', 'ns2 v3 reply: dropped NETFILTER_DROP'],
  ],
  [
    'which rule of iptables-nft rejected it',
    'ip netns exec ns3 iptables-nft -A INPUT -p icmp -j REJECT',
    [
      'ns3 v4 request: drop ip filter INPUT 2 meta l4proto icmp reject',
      'ns3 v4 request: ICMP Destination Port Unreachable',
      'ns3 v4 request: dropped NETFILTER_DROP',
    ],
  ],
  [
    'that iptables-legacy dropped it, though not by which rule',
    'ip netns exec ns3 iptables-legacy -A INPUT -p icmp -j DROP',
    ['ns3 v4 request: dropped NETFILTER_DROP'],
  ],
  [
    'that rp_filter dropped it',
    // Known, because ARP would not be answered to that source either.
    `ip -n ns1 neigh add 10.0.1.1 lladdr $(ip netns exec ns2 cat /sys/class/net/v2/address) dev v1
     ip netns exec ns2 sysctl -qw net.ipv4.conf.v2.rp_filter=1
     ip -n ns2 route add 10.0.1.2/32 dev v3`,
    ['ns2 v2 request: dropped IP_RPFILTER'],
  ],
  [
    'which table had no way back, of which it gives no drop reason',
    'ip -n ns3 route del default',
    ['ns3 v4 reply: table 254 10.0.2.2 > 10.0.1.2 -11'],
  ],
  [
    'that a route sends it nowhere, where the drop reason says nothing',
    'ip -n ns2 route add blackhole 10.0.2.2',
    ['ns2 v2 request: table 254 10.0.1.2 > 10.0.2.2 -22', 'ns2 v2 request: dropped NOT_SPECIFIED'],
  ],
  [
    'that the sender itself found no route',
    'ip -n ns1 route del default',
    ['ns1 - request: table 254 0.0.0.0 > 10.0.2.2 -11'],
  ],
  [
    'who reset a TCP connection, and why',
    ':',
    ['ns3 v4 request: reset NO_SOCKET', 'ns3 v4 request: dropped NO_SOCKET'],
    { proto: 'tcp', port: 81 },
  ],
  [
    'which rule dropped a SYN',
    `ip netns exec ns2 nft '${NFT_FORWARD}; add rule ip f c tcp dport 81 drop'`,
    ['ns2 v2 request: drop ip f c 2 tcp dport 81 drop', 'ns2 v2 request: dropped NETFILTER_DROP'],
    { proto: 'tcp', port: 81 },
  ],
  [
    'that no socket takes a datagram',
    ':',
    ['ns3 v4 request: ICMP Destination Port Unreachable', 'ns3 v4 request: dropped NO_SOCKET'],
    { proto: 'udp', port: 81 },
  ],
])('the kernel tells %s', async ([, fault, expected, ask]) => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}\n${fault}`);
    const observation = await probeIn(world, { destination: '10.0.2.2', ...ask, trace: true });
    expect(observation.received).toBe(0);
    expect(observation.kernel?.obstacles).toEqual([]);
    expect(told(observation)).toEqual(expected);
  });
});

liveTest('the kernel tells of IPv6 what it tells of IPv4, and nothing of an end that is none', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}\nip -n ns3 -6 route del default`);
    const lost = await probeIn(world, { destination: 'fd00:2::2', trace: true });
    expect(told(lost)).toEqual(['ns3 v4 reply: table 254 fd00:2::2 > fd00:1::2 -113']);
    await world.sh('ip netns exec ns2 ip6tables-nft -A FORWARD -j DROP');
    const dropped = await probeIn(world, { destination: 'fd00:2::2', trace: true });
    expect(told(dropped)).toEqual([
      'ns2 v2 request: drop ip6 filter FORWARD 2 drop',
      'ns2 v2 request: dropped NETFILTER_DROP',
    ]);
  });
});

liveTest('a reason that is said of something else as well is shown with that, and does not decide', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      ip netns add a; ip netns add b; ip netns add sw
      ip -n sw link add dev br0 type bridge
      for n in a b; do
        ip -n $n link set dev lo up
        ip -n $n link add dev eth0 type veth peer name to-$n netns sw
        ip -n sw link set dev to-$n master br0 up
        ip -n $n link set dev eth0 up
      done
      ip -n a addr add 10.0.0.1/24 dev eth0
      ip -n b addr add 10.0.0.2/24 dev eth0
      # So that it is not ARP that gets lost.
      ip -n a neigh add 10.0.0.2 lladdr $(ip netns exec b cat /sys/class/net/eth0/address) dev eth0`);
    const { stdout, exitCode } = await world.nsdiag(['why', 'a', '10.0.0.2']);
    expect(exitCode).toBe(1);
    const report = stdout.replaceAll(/\s+/g, ' ');
    expect(report).toMatch(/Cause: link-down \(request\): .*br0/);
    expect(report).toContain('BRIDGE_INGRESS_STP_STATE (said of a bridge that is down as well)');
    expect(report).not.toContain('disagree');
  });
});

liveTest('nft is not asked where iptables-legacy is in use as well, and that is said', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}
      ip netns exec ns2 nft '${NFT_FORWARD}; add rule ip f c drop'
      ip netns exec ns2 iptables-legacy -A INPUT -p tcp --dport 9 -j DROP`);
    const observation = await probeIn(world, { destination: '10.0.2.2', trace: true });
    expect(told(observation)).toEqual(['ns2 v2 request: dropped NETFILTER_DROP']);
    expect(observation.kernel?.obstacles).toEqual([
      'not traced by nft in ns2: iptables-legacy, in use there too, would write to the kernel log',
    ]);
  });
});

liveTest('two probes at once are each told of their own packet alone', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}
      ip netns exec ns2 nft '${NFT_FORWARD}; add rule ip f c ip saddr 10.0.1.2 drop; add rule ip f c ip saddr 10.0.2.2 drop'`);
    const [there, back] = await Promise.all([
      probeIn(world, { netns: 'ns1', destination: '10.0.2.2', trace: true }),
      probeIn(world, { netns: 'ns3', destination: '10.0.1.2', trace: true }),
    ]);
    expect(told(there)).toEqual([
      'ns2 v2 request: drop ip f c 2 ip saddr 10.0.1.2 drop',
      'ns2 v2 request: dropped NETFILTER_DROP',
    ]);
    expect(told(back)).toEqual([
      'ns2 v3 request: drop ip f c 3 ip saddr 10.0.2.2 drop',
      'ns2 v3 request: dropped NETFILTER_DROP',
    ]);
  });
});

liveTest('a probe that is answered is not traced', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const observation = await probeIn(world, { destination: '10.0.2.2', trace: true });
    expect(observation.received).toBe(1);
    expect(observation.kernel).toBeUndefined();
  });
});

/** The instances of that world's nsdiag: tracefs is one for the whole machine. */
function instancesOf(world: World): readonly string[] {
  const space = readlinkSync(`/proc/${world.pid}/ns/pid`).replace(/\D/g, '');
  return readdirSync(`${world.root}/sys/kernel/tracing/instances`).filter((name) =>
    name.startsWith(`nsdiag-${space}-`),
  );
}

const TABLES = 'ip netns exec ns2 nft list tables';

liveTest('neither the instance nor the table outlives an nsdiag that is killed', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}\nip netns exec ns2 nft '${NFT_FORWARD}; add rule ip f c drop'`);
    const killed = world.start([process.execPath, BIN, 'why', 'ns1', '10.0.2.2']);
    await until(() => instancesOf(world).length === 1, 'an instance');
    await until(async () => (await world.sh(TABLES)).includes('nsdiag-'), 'a table', 10_000);
    killed.signal('SIGKILL');
    await until(() => instancesOf(world).length === 0, 'the end of the instance');
    await until(async () => !(await world.sh(TABLES)).includes('nsdiag-'), 'the end of the table');
    await killed.stop();
  });
});

liveTest('an instance that a killed keeper left goes with the next run, and one in use stays', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}\nip -n ns3 route del default
      space=$(readlink /proc/self/ns/pid | tr -dc 0-9)
      mkdir /sys/kernel/tracing/instances/nsdiag-$space-999999 /sys/kernel/tracing/instances/nsdiag-$space-1`);
    try {
      const left = instancesOf(world);
      expect(left).toHaveLength(2);
      const observation = await probeIn(world, { destination: '10.0.2.2', trace: true });
      expect(observation.kernel?.obstacles).toEqual([]);
      await world.nsdiag(['why', 'ns1', '10.0.2.2']);
      expect(instancesOf(world)).toEqual(left.filter((name) => name.endsWith('-1')));
    } finally {
      await world.sh('rmdir /sys/kernel/tracing/instances/nsdiag-$(readlink /proc/self/ns/pid | tr -dc 0-9)-*');
    }
  });
});

liveTest('tracefs that is not mounted is mounted for nsdiag alone', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}\nip -n ns3 route del default\numount /sys/kernel/tracing`);
    const { stdout } = await world.nsdiag(['why', 'ns1', '10.0.2.2']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('; one packet more traced by tracefs Looked');
    expect(await world.sh('ls /sys/kernel/tracing')).toBe('');
  });
});

liveTest('why --no-trace leaves the kernel out of it', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}\nip -n ns3 route del default`);
    const { stdout, exitCode } = await world.nsdiag(['why', 'ns1', '10.0.2.2', '--no-trace']);
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain('traced');
  });
});
