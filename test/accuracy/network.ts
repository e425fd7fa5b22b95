/**
 * A network as a value: namespaces, what is wired to what, and who shall reach whom; and the commands that build it.
 *
 * The commands are what a person would type, a line each, so that a network that was answered wrongly can be rebuilt
 * by hand. What a namespace would inherit from the machine is set.
 *
 * @module
 */

export type FamilyName = 'inet' | 'inet6';
export type Proto = 'icmp' | 'tcp' | 'udp';

/** A device of a node; `peer` is `node:device` for a veth end. */
export interface Device {
  readonly name: string;
  readonly peer?: string;
  readonly bridge?: string;
  /** `10.1.0.1/24`. */
  readonly address?: string;
  readonly vxlan?: Vxlan;
  /** It is a macvlan in bridge mode on that device: `h:trunk`. */
  readonly macvlanOn?: string;
}

/** One end of an overlay: VNI 42, port 4789. */
export interface Vxlan {
  readonly local: string;
  readonly remote: string;
}

/** A namespace. */
export interface Node {
  readonly name: string;
  readonly forwards?: boolean;
  readonly bridges?: readonly { readonly name: string; readonly address?: string }[];
  readonly devices: readonly Device[];
  /** What is typed behind `ip route add`. */
  readonly routes?: readonly string[];
  /** What is typed behind `iptables -t nat -A`. */
  readonly nat?: readonly string[];
  /** Commands of its own, run when its devices are up and before its routes are added. */
  readonly setup?: readonly string[];
}

/** A network in which `from` shall reach `to`. */
export interface Network {
  /** The shape with its size and family: `chain2-inet6`. */
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly from: string;
  /** The namespace of the destination. */
  readonly target: string;
  readonly to: string;
  /** To where the destination answers: the sender as it looks from there. */
  readonly back: string;
  readonly proto: Proto;
  /** ICMP alone: so many bytes of payload, which may not be cut up. */
  readonly payloadBytes?: number;
  /** Namespaces that are on nobody's way: what is flooded to them has not arrived. */
  readonly bystanders: readonly string[];
}

/** The port that is asked, and on which the destination's service listens. */
export const SERVICE_PORT = 8080;

/** The commands that build it, a line each. */
export function buildScript(network: Network): readonly string[] {
  const { nodes } = network;
  return [
    ...nodes.flatMap(namespace),
    ...nodes.flatMap((node) => node.devices.flatMap((device) => veth(node, device))),
    ...nodes.flatMap(devices),
    ...nodes.flatMap(({ name, routes = [], nat = [], setup = [] }) => [
      ...setup,
      ...routes.map((route) => `ip -n ${name} ${familyFlag(route)} route add ${route}`),
      ...nat.map((rule) => `ip netns exec ${name} iptables -t nat -A ${rule}`),
    ]),
    ...service(network, network.to.includes(':') ? '::' : '0.0.0.0'),
  ];
}

/** What makes the destination answer on the service's port. */
export function service({ proto, target, to }: Network, address: string): readonly string[] {
  const inBackground = '>/dev/null 2>&1 </dev/null &';
  switch (proto) {
    case 'icmp':
      return [];
    case 'tcp':
      return [
        `ip netns exec ${target} nc -lk ${to.includes(':') ? '-6' : '-4'} ${address} ${SERVICE_PORT} ${inBackground}`,
      ];
    case 'udp':
      return [`ip netns exec ${target} perl -MIO::Socket::IP -e '${ECHO}' ${address} ${SERVICE_PORT} ${inBackground}`];
  }
}

/** `ip -n r1 -6`. */
export function ipIn(node: string, address: string): string {
  return `ip -n ${node} ${familyFlag(address)}`;
}

const ECHO =
  '$s = IO::Socket::IP->new(LocalHost => $ARGV[0], LocalPort => $ARGV[1], Type => SOCK_DGRAM) or die $@; $s->send($m) while defined $s->recv($m, 9000)';

function namespace({ name, forwards }: Node): readonly string[] {
  const gate = forwards ? 1 : 0;
  return [
    `ip netns add ${name}`,
    `ip -n ${name} link set dev lo up`,
    `ip netns exec ${name} sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0` +
      ' net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0' +
      ' net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0' +
      ` net.ipv4.ip_forward=${gate} net.ipv6.conf.all.forwarding=${gate}`,
  ];
}

/** Of the two ends, the one whose name comes first says it. */
function veth(node: Node, device: Device): readonly string[] {
  const [peerNode = '', peerDevice] = device.peer?.split(':') ?? [];
  if (device.peer === undefined || device.peer < `${node.name}:${device.name}`) return [];
  return [`ip link add ${device.name} netns ${node.name} type veth peer name ${peerDevice} netns ${peerNode}`];
}

function devices({ name: node, bridges = [], devices }: Node): readonly string[] {
  const ip = `ip -n ${node}`;
  return [
    ...bridges.flatMap(({ name, address }) => [
      `${ip} link add ${name} type bridge`,
      ...withAddress(ip, name, address),
      `${ip} link set dev ${name} up`,
    ]),
    ...devices.flatMap(({ name, address, bridge, vxlan, macvlanOn }) => [
      ...(macvlanOn === undefined ? [] : [macvlanCommand(node, name, macvlanOn)]),
      ...(vxlan === undefined ? [] : [vxlanCommand(node, name, vxlan, '42', '4789')]),
      ...(bridge === undefined ? [] : [`${ip} link set dev ${name} master ${bridge}`]),
      ...withAddress(ip, name, address),
      `${ip} link set dev ${name} up`,
    ]),
  ];
}

/** `ip link add` of a tunnel end. */
export function vxlanCommand(node: string, name: string, { local, remote }: Vxlan, vni: string, port: string): string {
  return `ip -n ${node} link add ${name} type vxlan id ${vni} local ${local} remote ${remote} dstport ${port}`;
}

function macvlanCommand(node: string, name: string, parent: string): string {
  const [at = '', device = ''] = parent.split(':');
  return `ip -n ${at} link add link ${device} name ${name} netns ${node} type macvlan mode bridge`;
}

function withAddress(ip: string, device: string, address: string | undefined): readonly string[] {
  if (address === undefined) return [];
  return [`${ip} addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`];
}

function familyFlag(text: string): string {
  return text.includes(':') ? '-6' : '-4';
}
