/**
 * The shapes of random networks: what people build, each with two ends that shall reach each other, in a few sizes.
 *
 * A shape is asked for by name, family and size, so that a failing network can be made smaller and asked again.
 *
 * @module
 */

import type { Device, FamilyName, Network, Node, Proto } from './network.ts';

/** What makes a network, besides what breaks it. */
export interface Recipe {
  readonly shape: ShapeName;
  readonly family: FamilyName;
  /** From 0 to the shape's largest. */
  readonly size: number;
  readonly proto: Proto;
}

interface Shape {
  readonly families: readonly FamilyName[];
  readonly protos: readonly Proto[];
  readonly largest: number;
  readonly make: (family: FamilyName, size: number) => Omit<Network, 'name' | 'proto'>;
}

const BOTH: readonly FamilyName[] = ['inet', 'inet6'];
const INET: readonly FamilyName[] = ['inet'];
const ALL: readonly Proto[] = ['icmp', 'tcp', 'udp'];

/** Every shape. */
export const SHAPES = {
  chain: { families: BOTH, protos: ALL, largest: 3, make: chain },
  bridge: { families: BOTH, protos: ALL, largest: 2, make: bridge },
  'routed-bridges': { families: BOTH, protos: ALL, largest: 0, make: routedBridges },
  'two-bridges-router': { families: BOTH, protos: ALL, largest: 1, make: twoBridgesRouter },
  nat: { families: INET, protos: ALL, largest: 1, make: nat },
  published: { families: INET, protos: ['tcp', 'udp'], largest: 0, make: published },
  vxlan: { families: BOTH, protos: ALL, largest: 1, make: overlay },
  'two-ways': { families: BOTH, protos: ALL, largest: 0, make: twoWays },
  'host-route': { families: INET, protos: ALL, largest: 0, make: hostRoute },
  'proxy-arp': { families: INET, protos: ALL, largest: 0, make: proxyArp },
  'long-packets': { families: BOTH, protos: ['icmp'], largest: 1, make: longPackets },
  macvlan: { families: BOTH, protos: ALL, largest: 0, make: macvlan },
  self: { families: BOTH, protos: ALL, largest: 0, make: self },
} as const satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof SHAPES;

/** Build it as a value. */
export function networkOf({ shape, family, size, proto }: Recipe): Network {
  const { make, largest }: Shape = SHAPES[shape];
  return { ...make(family, size), proto, name: `${shape}${largest > 0 ? size : ''}-${family}` };
}

/** The `host`th address of the `net`th network. */
function at(family: FamilyName, net: number, host: number): string {
  return family === 'inet' ? `10.${net}.0.${host}` : `fd00:${net}::${host.toString(16)}`;
}

function network(family: FamilyName, net: number): string {
  return family === 'inet' ? `10.${net}.0.0/24` : `fd00:${net}::/64`;
}

function on(family: FamilyName, net: number, host: number): string {
  return `${at(family, net, host)}/${family === 'inet' ? 24 : 64}`;
}

/** a - r1 - ... - rn - b; without routers a plain veth pair. Net 0 is a's, net n is b's. */
function chain(family: FamilyName, routers: number) {
  const names = ['a', ...Array.from({ length: routers }, (_, index) => `r${index + 1}`), 'b'];
  const nodes = names.map((name, index): Node => {
    const left: Device = { name: 'left', peer: `${names[index - 1]}:right`, address: on(family, index - 1, 2) };
    const right: Device = { name: 'right', peer: `${names[index + 1]}:left`, address: on(family, index, 1) };
    if (index === 0) return { name, devices: [right], routes: routers > 0 ? [`default via ${at(family, 0, 2)}`] : [] };
    if (index === names.length - 1) {
      return { name, devices: [left], routes: routers > 0 ? [`default via ${at(family, index - 1, 1)}`] : [] };
    }
    const back = index > 1 ? [`${network(family, 0)} via ${at(family, index - 1, 1)}`] : [];
    const forth = index < routers ? [`${network(family, routers)} via ${at(family, index, 2)}`] : [];
    return { name, forwards: true, devices: [left, right], routes: [...back, ...forth] };
  });
  return { nodes, from: 'a', target: 'b', to: at(family, routers, 2), back: at(family, 0, 1), bystanders: [] };
}

/** Two to four namespaces on one bridge, which is in a namespace of its own. */
function bridge(family: FamilyName, more: number) {
  const names = ['a', 'b', 'c', 'd'].slice(0, 2 + more);
  const hosts = names.map(
    (name, index): Node => ({
      name,
      devices: [{ name: 'eth0', peer: `sw:p-${name}`, address: on(family, 0, index + 1) }],
    }),
  );
  return {
    nodes: [...hosts, switchOf('sw', names)],
    from: 'a',
    target: 'b',
    to: at(family, 0, 2),
    back: at(family, 0, 1),
    bystanders: names.slice(2),
  };
}

/** A namespace that is nothing but a bridge, with a port for the `eth0` of each member. */
function switchOf(name: string, members: readonly string[], ...more: readonly Device[]): Node {
  return {
    name,
    bridges: [{ name: 'br0' }],
    devices: [...members.map((each) => ({ name: `p-${each}`, peer: `${each}:eth0`, bridge: 'br0' })), ...more],
  };
}

/** An end with one device in the net, and the net's first address as its gateway. */
function end(family: FamilyName, name: string, net: number, peer: string): Node {
  return {
    name,
    devices: [{ name: 'eth0', peer, address: on(family, net, 10) }],
    routes: [`default via ${at(family, net, 1)}`],
  };
}

/** Two bridges in one namespace that is also the router between them. */
function routedBridges(family: FamilyName) {
  const router: Node = {
    name: 'r',
    forwards: true,
    bridges: [
      { name: 'br-a', address: on(family, 0, 1) },
      { name: 'br-b', address: on(family, 1, 1) },
    ],
    devices: ['a', 'b'].map((name) => ({ name: `p-${name}`, peer: `${name}:eth0`, bridge: `br-${name}` })),
  };
  return {
    nodes: [end(family, 'a', 0, 'r:p-a'), end(family, 'b', 1, 'r:p-b'), router],
    from: 'a',
    target: 'b',
    to: at(family, 1, 10),
    back: at(family, 0, 10),
    bystanders: [],
  };
}

/** a - switch - router - switch - b, and in the larger one a neighbour of each. */
function twoBridgesRouter(family: FamilyName, size: number) {
  const router: Node = {
    name: 'r',
    forwards: true,
    devices: [
      { name: 'to-a', peer: 'swa:up', address: on(family, 0, 1) },
      { name: 'to-b', peer: 'swb:up', address: on(family, 1, 1) },
    ],
  };
  const neighbor = (name: string, net: number, peer: string): Node => ({
    ...end(family, name, net, peer),
    devices: [{ name: 'eth0', peer, address: on(family, net, 11) }],
  });
  const more = size === 0 ? [] : [neighbor('c', 0, 'swa:p-c'), neighbor('d', 1, 'swb:p-d')];
  return {
    nodes: [
      end(family, 'a', 0, 'swa:p-a'),
      end(family, 'b', 1, 'swb:p-b'),
      ...more,
      router,
      switchOf('swa', size === 0 ? ['a'] : ['a', 'c'], { name: 'up', peer: 'r:to-a', bridge: 'br0' }),
      switchOf('swb', size === 0 ? ['b'] : ['b', 'd'], { name: 'up', peer: 'r:to-b', bridge: 'br0' }),
    ],
    from: 'a',
    target: 'b',
    to: at(family, 1, 10),
    back: at(family, 0, 10),
    bystanders: more.map(({ name }) => name),
  };
}

/** a behind a bridge with NAT; the outside has a public address and no way back. Larger: the provider's router between. */
function nat(_family: FamilyName, routers: number) {
  const outside = routers === 0 ? '203.0.113.1' : '198.51.100.1';
  const beyond: Node = {
    name: 'isp',
    forwards: true,
    devices: [
      { name: 'down', peer: 'gw:wan', address: '203.0.113.1/24' },
      { name: 'out', peer: 'out:wan', address: '198.51.100.254/24' },
    ],
  };
  const out: Node =
    routers === 0
      ? { name: 'out', devices: [{ name: 'wan', peer: 'gw:wan', address: '203.0.113.1/24' }] }
      : {
          name: 'out',
          devices: [{ name: 'wan', peer: 'isp:out', address: '198.51.100.1/24' }],
          routes: ['default via 198.51.100.254'],
        };
  return {
    nodes: [
      {
        name: 'a',
        devices: [{ name: 'eth0', peer: 'gw:p-a', address: '192.168.10.11/24' }],
        routes: ['default via 192.168.10.1'],
      },
      {
        name: 'gw',
        forwards: true,
        bridges: [{ name: 'br0', address: '192.168.10.1/24' }],
        devices: [
          { name: 'p-a', peer: 'a:eth0', bridge: 'br0' },
          { name: 'wan', peer: routers === 0 ? 'out:wan' : 'isp:down', address: '203.0.113.2/24' },
        ],
        routes: routers === 0 ? [] : ['default via 203.0.113.1'],
        nat: ['POSTROUTING -s 192.168.10.0/24 -o wan -j MASQUERADE'],
      },
      ...(routers === 0 ? [] : [beyond]),
      out,
    ],
    from: 'a',
    target: 'out',
    to: outside,
    back: '203.0.113.2',
    bystanders: [],
  };
}

/** A port of web, behind a bridge with NAT, published to the outside, as containers are. */
function published() {
  const nodes: readonly Node[] = [
    { name: 'a', devices: [{ name: 'wan', peer: 'gw:wan', address: '203.0.113.1/24' }] },
    {
      name: 'gw',
      forwards: true,
      bridges: [{ name: 'br0', address: '172.17.0.1/16' }],
      devices: [
        { name: 'p-web', peer: 'web:eth0', bridge: 'br0' },
        { name: 'wan', peer: 'a:wan', address: '203.0.113.2/24' },
      ],
      nat: [
        ...['tcp', 'udp'].map(
          (proto) => `PREROUTING -d 203.0.113.2 -p ${proto} --dport 8080 -j DNAT --to-destination 172.17.0.2`,
        ),
        'POSTROUTING -s 172.17.0.0/16 ! -o br0 -j MASQUERADE',
      ],
    },
    {
      name: 'web',
      devices: [{ name: 'eth0', peer: 'gw:p-web', address: '172.17.0.2/16' }],
      routes: ['default via 172.17.0.1'],
    },
  ];
  return { nodes, from: 'a', target: 'web', to: '203.0.113.2', back: '203.0.113.1', bystanders: [] };
}

/** a and b in one network that goes from one bridge to the other by VXLAN; larger: with a router between the two ends. */
function overlay(family: FamilyName, routers: number) {
  const ends = { h1: '172.16.1.1', h2: routers === 0 ? '172.16.1.2' : '172.16.2.2' };
  const half = (name: 'h1' | 'h2', inner: string, peer: string, gateway: string): Node => ({
    name,
    bridges: [{ name: 'br0' }],
    devices: [
      { name: 'under', peer, address: `${ends[name]}/24` },
      { name: `p-${inner}`, peer: `${inner}:eth0`, bridge: 'br0' },
      { name: 'vx', bridge: 'br0', vxlan: { local: ends[name], remote: name === 'h1' ? ends.h2 : ends.h1 } },
    ],
    routes: routers === 0 ? [] : [`default via ${gateway}`],
  });
  const router: Node = {
    name: 'r',
    forwards: true,
    devices: [
      { name: 'to-h1', peer: 'h1:under', address: '172.16.1.254/24' },
      { name: 'to-h2', peer: 'h2:under', address: '172.16.2.254/24' },
    ],
  };
  const inner = (name: string, peer: string, host: number): Node => ({
    name,
    devices: [{ name: 'eth0', peer, address: on(family, 0, host) }],
  });
  return {
    nodes: [
      inner('a', 'h1:p-a', 1),
      inner('b', 'h2:p-b', 2),
      half('h1', 'a', routers === 0 ? 'h2:under' : 'r:to-h1', '172.16.1.254'),
      half('h2', 'b', routers === 0 ? 'h1:under' : 'r:to-h2', '172.16.2.254'),
      ...(routers === 0 ? [] : [router]),
    ],
    from: 'a',
    target: 'b',
    to: at(family, 0, 2),
    back: at(family, 0, 1),
    bystanders: [],
  };
}

/** Two routers between a and b: there by r1, back by r2. */
function twoWays(family: FamilyName) {
  const router = (name: string, near: number, far: number): Node => ({
    name,
    forwards: true,
    devices: [
      { name: 'to-a', peer: `a:${name}`, address: on(family, near, 2) },
      { name: 'to-b', peer: `b:${name}`, address: on(family, far, 2) },
    ],
    // Each router knows the way to the ends' own addresses, which are on no wire that it has.
    routes: [`${at(family, 9, 1)} via ${at(family, near, 1)}`, `${at(family, 9, 2)} via ${at(family, far, 1)}`],
  });
  const endOf = (name: string, own: number, nets: readonly number[], way: string): Node => ({
    name,
    devices: [
      { name: 'r1', peer: `r1:to-${name}`, address: on(family, nets[0] ?? 0, 1) },
      { name: 'r2', peer: `r2:to-${name}`, address: on(family, nets[1] ?? 0, 1) },
    ],
    routes: [way],
    setup: [`ip -n ${name} addr add ${at(family, 9, own)}/${family === 'inet' ? '32 dev lo' : '128 dev lo nodad'}`],
  });
  const nodes = [
    endOf('a', 1, [1, 3], `${at(family, 9, 2)} via ${at(family, 1, 2)} src ${at(family, 9, 1)}`),
    endOf('b', 2, [2, 4], `${at(family, 9, 1)} via ${at(family, 4, 2)} src ${at(family, 9, 2)}`),
    router('r1', 1, 2),
    router('r2', 3, 4),
  ];
  return { nodes, from: 'a', target: 'b', to: at(family, 9, 2), back: at(family, 9, 1), bystanders: [] };
}

/** As some clouds and CNI plugins do it: /32 addresses, a gateway on no network, a route for each end. */
function hostRoute() {
  const leaf = (name: string, host: number): Node => ({
    name,
    devices: [{ name: 'eth0', peer: `r:p-${name}`, address: `10.0.0.${host}/32` }],
    routes: ['default via 169.254.1.1 dev eth0 onlink'],
  });
  const router: Node = {
    name: 'r',
    forwards: true,
    devices: ['a', 'b'].map((name) => ({ name: `p-${name}`, peer: `${name}:eth0`, address: '169.254.1.1/32' })),
    routes: ['10.0.0.1/32 dev p-a', '10.0.0.2/32 dev p-b'],
  };
  return {
    nodes: [leaf('a', 1), leaf('b', 2), router],
    from: 'a',
    target: 'b',
    to: '10.0.0.2',
    back: '10.0.0.1',
    bystanders: [],
  };
}

/** One network on two wires: the router between them answers ARP for the other side. */
function proxyArp() {
  const leaf = (name: string, host: number): Node => ({
    name,
    devices: [{ name: 'eth0', peer: `r:p-${name}`, address: `10.0.0.${host}/24` }],
  });
  const router: Node = {
    name: 'r',
    forwards: true,
    devices: ['a', 'b'].map((name) => ({ name: `p-${name}`, peer: `${name}:eth0` })),
    routes: ['10.0.0.1/32 dev p-a', '10.0.0.2/32 dev p-b'],
    setup: [
      'ip -n r addr add 192.0.2.1/32 dev lo',
      'ip netns exec r sysctl -qw net.ipv4.conf.p-a.proxy_arp=1 net.ipv4.conf.p-b.proxy_arp=1',
      'ip netns exec r sysctl -qw net.ipv4.neigh.p-a.proxy_delay=0 net.ipv4.neigh.p-b.proxy_delay=0',
    ],
  };
  return {
    nodes: [leaf('a', 1), leaf('b', 2), router],
    from: 'a',
    target: 'b',
    to: '10.0.0.2',
    back: '10.0.0.1',
    bystanders: [],
  };
}

/** A chain with one or two routers, asked with packets that fill an Ethernet frame and may not be cut up. */
function longPackets(family: FamilyName, more: number) {
  return { ...chain(family, 1 + more), payloadBytes: 1400 };
}

/** Two namespaces with a macvlan each on one device of a third, and a router on its wire. */
function macvlan(family: FamilyName) {
  const member = (name: string, host: number): Node => ({
    name,
    devices: [{ name: 'eth0', macvlanOn: 'h:trunk', address: on(family, 0, host) }],
  });
  const nodes: readonly Node[] = [
    { name: 'h', devices: [{ name: 'trunk', peer: 'r:to-h' }] },
    { name: 'r', devices: [{ name: 'to-h', peer: 'h:trunk', address: on(family, 0, 254) }] },
    member('a', 1),
    member('b', 2),
  ];
  return { nodes, from: 'a', target: 'b', to: at(family, 0, 2), back: at(family, 0, 1), bystanders: ['r'] };
}

/** A namespace and an address of its own. */
function self(family: FamilyName) {
  const nodes: readonly Node[] = [
    { name: 'a', devices: [{ name: 'right', peer: 'b:left', address: on(family, 0, 1) }] },
    { name: 'b', devices: [{ name: 'left', peer: 'a:right', address: on(family, 0, 2) }] },
  ];
  return { nodes, from: 'a', target: 'a', to: at(family, 0, 1), back: at(family, 0, 1), bystanders: ['b'] };
}
