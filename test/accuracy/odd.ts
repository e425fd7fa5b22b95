/**
 * What is healthy and looks odd: decorations that a diagnosis must not blame.
 *
 * Each is made to change nothing for the packet in question. Whether that is so the kernel says, before anything is
 * broken: a network that does not work with its decorations is a mistake of this file.
 *
 * @module
 */

import { ipIn, type Network, type Node } from './network.ts';

/** One decoration of one network. */
export interface Oddity {
  /** `forward-drop-accept@r1`: the same for the same network, smaller or larger. */
  readonly id: string;
  readonly commands: readonly string[];
}

/** Every decoration that the network can have, in a fixed order. */
export function odditiesOf(network: Network): readonly Oddity[] {
  return [...network.nodes.flatMap((node) => [...anywhere(node), ...onRouter(node)]), ...smallMtu(network)].filter(
    // The proxy asks from an address to which the ends have no route: not even a loose filter lets that pass.
    ({ id }) => !(network.name.startsWith('proxy-arp') && id.startsWith('loose-rp-filter')),
  );
}

function anywhere({ name, devices }: Node): readonly Oddity[] {
  const ip = `ip -n ${name}`;
  const exec = `ip netns exec ${name}`;
  return [
    oddity('down-interface', name, [
      `${ip} link add spare type bridge`,
      `${ip} addr add 10.77.0.1/24 dev spare`,
      `${ip} link add old type veth peer name old-peer`,
    ]),
    oddity('empty-bridge', name, [
      `${ip} link add virbr0 type bridge`,
      `${ip} addr add 192.168.122.1/24 dev virbr0`,
      `${ip} link set dev virbr0 up`,
    ]),
    oddity('other-blackhole', name, [
      `${ip} route add blackhole 10.99.0.0/16`,
      `${ip} route add unreachable 192.0.2.128/25`,
      `${ip} -6 route add prohibit 2001:db8:77::/48`,
    ]),
    oddity('other-rule', name, [
      `${ip} rule add from 192.0.2.0/25 lookup 100`,
      `${ip} rule add fwmark 0x7 blackhole`,
      `${ip} -6 rule add from 2001:db8:77::/48 prohibit`,
    ]),
    oddity('other-firewall', name, [
      `${exec} nft 'table inet guard { chain in { type filter hook input priority 0; ip saddr 192.0.2.0/25 drop; tcp dport 22 counter drop; }; }'`,
      `${exec} iptables -A INPUT -p tcp --dport 25 -j REJECT`,
    ]),
    oddity('second-address', name, [
      `${ip} addr add 10.78.0.1/24 dev ${devices[0]?.name ?? 'lo'}`,
      `${ip} addr add fd00:78::1/64 dev ${devices[0]?.name ?? 'lo'} nodad`,
    ]),
    oddity('loose-rp-filter', name, [
      `${exec} sysctl -qw net.ipv4.conf.all.rp_filter=2`,
      `${exec} sysctl -qw net.ipv4.conf.default.rp_filter=1`,
    ]),
    oddity('stateful-input', name, [
      `${exec} iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`,
      `${exec} iptables -A INPUT -p icmp -j ACCEPT`,
      `${exec} iptables -A INPUT -p tcp --dport 8080 -m comment --comment 'the service' -j ACCEPT`,
      `${exec} iptables -A INPUT -p udp -m multiport --dports 53,4789,8080 -j ACCEPT`,
      `${exec} iptables -A INPUT -i lo -j ACCEPT`,
      `${exec} iptables -P INPUT DROP`,
    ]),
  ];
}

function onRouter({ name, forwards, devices, bridges = [] }: Node): readonly Oddity[] {
  const exec = `ip netns exec ${name}`;
  const isBridge = bridges.length > 0 && !forwards;
  if (isBridge) {
    return [
      // The bridged frames pass the IP firewall, which lets them through.
      oddity('br-netfilter-accept', name, [
        `${exec} sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1`,
        ...['iptables', 'ip6tables'].flatMap((tool) => [
          `${exec} ${tool} -P FORWARD DROP`,
          `${exec} ${tool} -A FORWARD -m physdev --physdev-is-bridged -j ACCEPT`,
        ]),
      ]),
    ];
  }
  if (!forwards) return [];
  return [
    oddity('forward-drop-accept', name, [
      ...['iptables', 'ip6tables'].flatMap((tool) => [
        `${exec} ${tool} -P FORWARD DROP`,
        `${exec} ${tool} -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
        ...[...devices, ...bridges].map((device) => `${exec} ${tool} -A FORWARD -i ${device.name} -j ACCEPT`),
      ]),
    ]),
    oddity('proxy-arp', name, [`${exec} sysctl -qw net.ipv4.conf.${devices[0]?.name ?? 'all'}.proxy_arp=1`]),
    oddity('low-priority-unreachable', name, [
      `${ipIn(name, '::')} route add unreachable default metric 4278198272`,
      `${ipIn(name, '0.0.0.0')} route add unreachable default metric 4278198272`,
    ]),
  ];
}

/** Small, and large enough for what is sent. */
function smallMtu({ nodes, payloadBytes }: Network): readonly Oddity[] {
  if (payloadBytes !== undefined || nodes.some(({ devices }) => devices.some(({ vxlan }) => vxlan !== undefined)))
    return [];
  const all = nodes.flatMap(({ name, devices }) => devices.map((device) => `${name} link set dev ${device.name}`));
  return [
    oddity(
      'small-mtu',
      'all',
      all.map((words) => `ip -n ${words} mtu 1280`),
    ),
  ];
}

function oddity(kind: string, place: string, commands: readonly string[]): Oddity {
  return { id: `${kind}@${place}`, commands };
}
