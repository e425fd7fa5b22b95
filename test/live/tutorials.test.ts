/**
 * The container-networking tutorials as people type them, each with one step forgotten or mistyped: `why` names that
 * step, and its printed fix is what was missing. The kernel judges both, by ping.
 *
 * @module
 */

import { expect } from 'vitest';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** The steps in the order in which they are typed; a case leaves one out (`''`) or types another. */
interface Tutorial {
  readonly steps: Readonly<Record<string, string>>;
}

interface Mistake {
  readonly tutorial: Tutorial;
  readonly instead: Readonly<Record<string, string>>;
  readonly ask: readonly [netns: string, destination: string];
  /** `code netns device`; the device is left out where the fault has none. */
  readonly cause: string;
}

/** A namespace wired to the host, with iproute2 alone. */
const VETH_HOST: Tutorial = {
  steps: {
    netns: 'ip netns add ns1',
    veth: 'ip link add tap1 type veth peer name tap2',
    move: 'ip link set tap2 netns ns1',
    hostAddress: 'ip addr add 10.1.1.1/24 dev tap1',
    address: 'ip netns exec ns1 ip addr add 10.1.1.2/24 dev tap2',
    hostUp: 'ip link set tap1 up',
    up: 'ip netns exec ns1 ip link set tap2 up',
    lo: 'ip netns exec ns1 ip link set lo up',
  },
};

/** Two namespaces in different networks on one veth pair. */
const TWO_SUBNETS: Tutorial = {
  steps: {
    netns: 'ip netns add vnet0; ip netns add vnet1',
    veth: 'ip link add veth0 type veth peer name veth1',
    move: 'ip link set veth0 netns vnet0; ip link set veth1 netns vnet1',
    address0: 'ip netns exec vnet0 ip addr add 10.0.1.1/24 dev veth0',
    address1: 'ip netns exec vnet1 ip addr add 10.0.2.1/24 dev veth1',
    up0: 'ip netns exec vnet0 ip link set veth0 up',
    up1: 'ip netns exec vnet1 ip link set veth1 up',
    route0: 'ip netns exec vnet0 ip route add 10.0.2.0/24 dev veth0',
    route1: 'ip netns exec vnet1 ip route add 10.0.1.0/24 dev veth1',
  },
};

/** Two namespaces on a bridge, with brctl and ifconfig as the older tutorials have it. */
const BRIDGE: Tutorial = {
  steps: {
    netns: 'ip netns add ns1; ip netns add ns2',
    bridge: 'brctl addbr br-test',
    veth1: 'ip link add tap1 type veth peer name br-tap1',
    veth2: 'ip link add tap2 type veth peer name br-tap2',
    attach1: 'brctl addif br-test br-tap1',
    attach2: 'brctl addif br-test br-tap2',
    move: 'ip link set tap1 netns ns1; ip link set tap2 netns ns2',
    portsUp: 'ifconfig br-tap1 up; ifconfig br-tap2 up',
    bridgeUp: 'ifconfig br-test up',
    up1: 'ip netns exec ns1 ifconfig tap1 192.168.50.1 netmask 255.255.255.0 up',
    up2: 'ip netns exec ns2 ifconfig tap2 192.168.50.2 netmask 255.255.255.0 up',
  },
};

/** A namespace behind a bridge with NAT, and an outside that knows nothing of it. */
const BRIDGE_NAT: Tutorial = {
  steps: {
    outside: `ip netns add inet
      ip link add eth0 type veth peer name up0 netns inet
      ip addr add 203.0.113.2/24 dev eth0
      ip link set eth0 up
      ip netns exec inet ip addr add 203.0.113.1/24 dev up0
      ip netns exec inet ip link set up0 up`,
    netns: 'ip netns add ns1',
    bridge: 'ip link add br0 type bridge',
    bridgeAddress: 'ip addr add 192.168.10.1/24 dev br0',
    bridgeUp: 'ip link set br0 up',
    veth: 'ip link add eth1 type veth peer name br0.1',
    attach: 'ip link set br0.1 master br0',
    portUp: 'ip link set br0.1 up',
    move: 'ip link set eth1 netns ns1; ip netns exec ns1 ip link set eth1 name eth0',
    address: 'ip netns exec ns1 ip addr add 192.168.10.11/24 dev eth0',
    up: 'ip netns exec ns1 ip link set eth0 up',
    lo: 'ip netns exec ns1 ip link set lo up',
    defaultRoute: 'ip netns exec ns1 ip route add default via 192.168.10.1',
    forward: 'sysctl -qw net.ipv4.ip_forward=1',
    nat: 'iptables -t nat -A POSTROUTING -s 192.168.10.0/24 -o eth0 -j MASQUERADE',
  },
};

const MISTAKES: readonly [told: string, mistake: Mistake][] = [
  [
    'the end of the veth in the namespace not up',
    { tutorial: VETH_HOST, instead: { up: '' }, ask: ['host', '10.1.1.2'], cause: 'link-down ns1 tap2' },
  ],
  [
    'the same, asked from the namespace',
    { tutorial: VETH_HOST, instead: { up: '' }, ask: ['ns1', '10.1.1.1'], cause: 'link-down ns1 tap2' },
  ],
  [
    'the end of the veth in the host not up',
    { tutorial: VETH_HOST, instead: { hostUp: '' }, ask: ['ns1', '10.1.1.1'], cause: 'link-down host tap1' },
  ],
  ['lo not up', { tutorial: VETH_HOST, instead: { lo: '' }, ask: ['ns1', '10.1.1.2'], cause: 'lo-down ns1 lo' }],
  [
    'the peer never moved',
    {
      tutorial: VETH_HOST,
      instead: { move: '', address: '', up: '' },
      ask: ['ns1', '10.1.1.1'],
      cause: 'no-interface ns1',
    },
  ],
  [
    'no address in the namespace',
    { tutorial: VETH_HOST, instead: { address: '' }, ask: ['ns1', '10.1.1.1'], cause: 'no-address ns1 tap2' },
  ],
  [
    'no route to the other network',
    { tutorial: TWO_SUBNETS, instead: { route0: '' }, ask: ['vnet0', '10.0.2.1'], cause: 'no-route vnet0' },
  ],
  [
    'the return route forgotten',
    { tutorial: TWO_SUBNETS, instead: { route1: '' }, ask: ['vnet0', '10.0.2.1'], cause: 'no-route vnet1' },
  ],
  [
    'one end not up, so that its route was refused',
    {
      tutorial: TWO_SUBNETS,
      instead: { up0: '', route0: '' },
      ask: ['vnet0', '10.0.2.1'],
      cause: 'link-down vnet0 veth0',
    },
  ],
  [
    'brctl addif forgotten',
    {
      tutorial: BRIDGE,
      instead: { attach2: '' },
      ask: ['ns1', '192.168.50.2'],
      cause: 'bridge-port-unattached host br-tap2',
    },
  ],
  [
    'brctl addif forgotten on the near side',
    {
      tutorial: BRIDGE,
      instead: { attach1: '' },
      ask: ['ns1', '192.168.50.2'],
      cause: 'bridge-port-unattached host br-tap1',
    },
  ],
  [
    'the bridge not up',
    { tutorial: BRIDGE, instead: { bridgeUp: '' }, ask: ['ns1', '192.168.50.2'], cause: 'link-down host br-test' },
  ],
  [
    'the bridge ports not up',
    {
      tutorial: BRIDGE,
      instead: { portsUp: 'ifconfig br-tap1 up' },
      ask: ['ns1', '192.168.50.2'],
      cause: 'link-down host br-tap2',
    },
  ],
  [
    'no default route',
    { tutorial: BRIDGE_NAT, instead: { defaultRoute: '' }, ask: ['ns1', '203.0.113.1'], cause: 'no-route ns1' },
  ],
  [
    'ip_forward left at 0',
    {
      tutorial: BRIDGE_NAT,
      instead: { forward: 'sysctl -qw net.ipv4.ip_forward=0' },
      ask: ['ns1', '203.0.113.1'],
      cause: 'forwarding-off host br0',
    },
  ],
  [
    'MASQUERADE forgotten',
    { tutorial: BRIDGE_NAT, instead: { nat: '' }, ask: ['ns1', '203.0.113.1'], cause: 'nat-missing host eth0' },
  ],
  [
    'MASQUERADE with a wrong -s',
    {
      tutorial: BRIDGE_NAT,
      instead: { nat: 'iptables -t nat -A POSTROUTING -s 192.168.100.0/24 -o eth0 -j MASQUERADE' },
      ask: ['ns1', '203.0.113.1'],
      cause: 'nat-wrong host eth0',
    },
  ],
  [
    'MASQUERADE with a wrong -o',
    {
      tutorial: BRIDGE_NAT,
      instead: { nat: 'iptables -t nat -A POSTROUTING -s 192.168.10.0/24 -o br0 -j MASQUERADE' },
      ask: ['ns1', '203.0.113.1'],
      cause: 'nat-wrong host eth0',
    },
  ],
  [
    'the bridge port not attached',
    {
      tutorial: BRIDGE_NAT,
      instead: { attach: '' },
      ask: ['ns1', '203.0.113.1'],
      cause: 'bridge-port-unattached host br0.1',
    },
  ],
];

/** What a namespace inherits from the machine differs from machine to machine: begin as a new Debian does. */
const INHERITED = `
  sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.ip_forward=0
  for key in iptables ip6tables arptables; do
    [ ! -e /proc/sys/net/bridge/bridge-nf-call-$key ] || sysctl -qw net.bridge.bridge-nf-call-$key=0
  done`;

async function follow(world: World, tutorial: Tutorial, instead: Readonly<Record<string, string>>): Promise<void> {
  const steps = Object.entries(tutorial.steps).map(([name, commands]) => instead[name] ?? commands);
  await world.sh([INHERITED, ...steps].join('\n'));
}

async function pings(world: World, [netns, destination]: Mistake['ask']): Promise<boolean> {
  const ping = ['ping', '-n', '-c', '3', '-i', '0.2', '-W', '1', destination] as const;
  const inside = netns === 'host' ? ping : (['ip', 'netns', 'exec', netns, ...ping] as const);
  return (await world.run(inside)).exitCode === 0;
}

/** The link watch lets a new port forward, and a new link carry, a second or more after the command. */
async function answersInTheEnd(world: World, ask: Mistake['ask']): Promise<boolean> {
  const deadline = performance.now() + 15_000;
  while (performance.now() < deadline) if (await pings(world, ask)) return true;
  return false;
}

interface WhyDocument {
  readonly verdict: string;
  readonly causes: readonly {
    code: string;
    netns: string;
    device: string | null;
    fix: readonly { argv: [string, ...string[]] }[];
  }[];
}

async function why(world: World, ask: Mistake['ask']): Promise<{ exitCode: number | undefined; report: WhyDocument }> {
  const { exitCode, stdout } = await world.nsdiag(['why', ...ask, '--json']);
  return { exitCode, report: JSON.parse(stdout) as WhyDocument };
}

liveTest.for(Object.entries({ VETH_HOST, TWO_SUBNETS, BRIDGE, BRIDGE_NAT }))(
  'why() finds nothing wrong with %s followed to the letter',
  async ([name, tutorial]) => {
    const ask = MISTAKES.find(([, mistake]) => mistake.tutorial === tutorial)?.[1].ask ?? ['host', name];
    await inWorld(async (world) => {
      await follow(world, tutorial, {});
      expect(await answersInTheEnd(world, ask)).toBe(true);

      const { exitCode, report } = await why(world, ask);

      expect(report).toMatchObject({ verdict: 'reachable', causes: [] });
      expect(exitCode).toBe(0);
    });
  },
);

liveTest.for(MISTAKES)('why() names and repairs: %s', async ([, { tutorial, instead, ask, cause }]) => {
  await inWorld(async (world) => {
    await follow(world, tutorial, instead);
    expect(await pings(world, ask)).toBe(false);

    const { exitCode, report } = await why(world, ask);

    const words = cause.split(' ');
    const named = report.causes.map(({ code, netns, device }) => [code, netns, device].slice(0, words.length));
    expect(named).toEqual([words]);
    expect(exitCode).toBe(1);

    for (const { argv } of report.causes.flatMap(({ fix }) => fix)) {
      expect(await world.run(argv)).toMatchObject({ exitCode: 0, stderr: '' });
    }
    expect(await answersInTheEnd(world, ask)).toBe(true);
    expect((await why(world, ask)).report).toMatchObject({ verdict: 'reachable', causes: [] });
  });
});
