/**
 * Random networks as values: a few shapes that people build, each with two ends that shall reach each other.
 *
 * @module
 */

import fc from 'fast-check';

/** A device of a node; `peer` is `node:device` for a veth end. */
export interface Device {
  readonly name: string;
  readonly peer?: string;
  readonly bridge?: string;
  /** `10.1.0.1/24`. */
  readonly address?: string;
}

/** A namespace. */
export interface Node {
  readonly name: string;
  readonly forwards?: boolean;
  readonly bridges?: readonly { readonly name: string; readonly address?: string }[];
  readonly devices: readonly Device[];
  /** What is typed behind `ip route add`. */
  readonly routes?: readonly string[];
  /** What is typed behind `iptables -t nat -A POSTROUTING`. */
  readonly masquerade?: string;
}

/** A network in which `from` shall reach `to`. */
export interface Network {
  readonly shape: string;
  readonly nodes: readonly Node[];
  readonly from: string;
  /** The namespace of the destination. */
  readonly target: string;
  readonly to: string;
  readonly proto: 'icmp' | 'tcp';
}

type Wiring = Omit<Network, 'proto'>;
type FamilyName = 'inet' | 'inet6';

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
function chain(family: FamilyName, routers: number): Wiring {
  const names = ['a', ...Array.from({ length: routers }, (_, index) => `r${index + 1}`), 'b'];
  const nodes = names.map((name, index): Node => {
    const left: Device = { name: 'left', peer: `${names[index - 1]}:right`, address: on(family, index - 1, 2) };
    const right: Device = { name: 'right', peer: `${names[index + 1]}:left`, address: on(family, index, 1) };
    if (index === 0) return { name, devices: [right], routes: routers > 0 ? [`default via ${at(family, 0, 2)}`] : [] };
    if (index === names.length - 1) {
      return { name, devices: [left], routes: routers > 0 ? [`default via ${at(family, index - 1, 1)}`] : [] };
    }
    const back = index > 1 ? [`${network(family, 0)} via ${at(family, index - 1, 1)}`] : [];
    const on_ = index < routers ? [`${network(family, routers)} via ${at(family, index, 2)}`] : [];
    return { name, forwards: true, devices: [left, right], routes: [...back, ...on_] };
  });
  return { shape: `chain${routers}-${family}`, nodes, from: 'a', target: 'b', to: at(family, routers, 2) };
}

/** Namespaces on one bridge, which is in a namespace of its own. */
function bridge(family: FamilyName, members: number): Wiring {
  const names = ['a', 'b', 'c', 'd'].slice(0, members);
  const hosts = names.map(
    (name, index): Node => ({
      name,
      devices: [{ name: 'eth0', peer: `sw:p-${name}`, address: on(family, 0, index + 1) }],
    }),
  );
  const sw: Node = {
    name: 'sw',
    bridges: [{ name: 'br0' }],
    devices: names.map((name) => ({ name: `p-${name}`, peer: `${name}:eth0`, bridge: 'br0' })),
  };
  return { shape: `bridge${members}-${family}`, nodes: [...hosts, sw], from: 'a', target: 'b', to: at(family, 0, 2) };
}

/** Two bridges in one namespace that is also the router between them. */
function routedBridges(family: FamilyName): Wiring {
  const end = (name: string, net: number): Node => ({
    name,
    devices: [{ name: 'eth0', peer: `r:p-${name}`, address: on(family, net, 10) }],
    routes: [`default via ${at(family, net, 1)}`],
  });
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
    shape: `routed-bridges-${family}`,
    nodes: [end('a', 0), end('b', 1), router],
    from: 'a',
    target: 'b',
    to: at(family, 1, 10),
  };
}

/** a behind a bridge with NAT; the outside has a public address and no way back. */
function nat(): Wiring {
  return {
    shape: 'nat',
    from: 'a',
    target: 'out',
    to: '203.0.113.1',
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
          { name: 'wan', peer: 'out:wan', address: '203.0.113.2/24' },
        ],
        masquerade: '-s 192.168.10.0/24 -o wan -j MASQUERADE',
      },
      { name: 'out', devices: [{ name: 'wan', peer: 'gw:wan', address: '203.0.113.1/24' }] },
    ],
  };
}

const family = fc.constantFrom<FamilyName>('inet', 'inet6');

/** Any of the shapes, shrinking towards the plain veth pair. */
export const anyNetwork: fc.Arbitrary<Network> = fc
  .tuple(
    fc.oneof(
      fc.tuple(family, fc.integer({ min: 0, max: 3 })).map(([of, routers]) => chain(of, routers)),
      fc.tuple(family, fc.integer({ min: 2, max: 4 })).map(([of, members]) => bridge(of, members)),
      family.map(routedBridges),
      fc.constant(nat()),
    ),
    fc.constantFrom<'icmp' | 'tcp'>('icmp', 'tcp'),
  )
  .map(([wiring, proto]) => ({ ...wiring, proto }));

/** The port on which the destination's service listens. */
export const SERVICE_PORT = 8080;

/** The commands that build it, a line each; what a namespace would inherit from the machine is set. */
export function buildScript({ nodes, target, to, proto }: Network): readonly string[] {
  const lines = nodes.flatMap(({ name, forwards }) => [
    `ip netns add ${name}`,
    `ip -n ${name} link set dev lo up`,
    `ip netns exec ${name} sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0`,
    `ip netns exec ${name} sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0`,
    `ip netns exec ${name} sysctl -qw net.ipv4.ip_forward=${forwards ? 1 : 0} net.ipv6.conf.all.forwarding=${forwards ? 1 : 0}`,
  ]);
  for (const node of nodes) {
    for (const device of node.devices) {
      const [peerNode = '', peerDevice] = device.peer?.split(':') ?? [];
      if (device.peer !== undefined && `${node.name}:${device.name}` < device.peer) {
        lines.push(`ip link add ${device.name} netns ${node.name} type veth peer name ${peerDevice} netns ${peerNode}`);
      }
    }
  }
  for (const node of nodes) {
    for (const { name, address } of node.bridges ?? []) {
      lines.push(`ip -n ${node.name} link add ${name} type bridge`);
      if (address !== undefined) lines.push(`ip -n ${node.name} addr add ${address} dev ${name}${nodad(address)}`);
      lines.push(`ip -n ${node.name} link set dev ${name} up`);
    }
    for (const { name, address, bridge: master } of node.devices) {
      if (master !== undefined) lines.push(`ip -n ${node.name} link set dev ${name} master ${master}`);
      if (address !== undefined) lines.push(`ip -n ${node.name} addr add ${address} dev ${name}${nodad(address)}`);
      lines.push(`ip -n ${node.name} link set dev ${name} up`);
    }
  }
  for (const node of nodes) {
    lines.push(...(node.routes ?? []).map((route) => `ip -n ${node.name} ${familyFlag(route)} route add ${route}`));
    if (node.masquerade !== undefined)
      lines.push(`ip netns exec ${node.name} iptables -t nat -A POSTROUTING ${node.masquerade}`);
  }
  if (proto === 'tcp')
    lines.push(
      `ip netns exec ${target} nc -lk ${to.includes(':') ? '-6' : '-4'} ${SERVICE_PORT} >/dev/null 2>&1 </dev/null &`,
    );
  return lines;
}

function nodad(address: string): string {
  return address.includes(':') ? ' nodad' : '';
}

function familyFlag(route: string): string {
  return route.includes(':') ? '-6' : '-4';
}
