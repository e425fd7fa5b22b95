/**
 * Random faults: what breaks a network, by which commands, and which causes may then be named.
 *
 * @module
 */

import type { Network, Node } from './network.ts';

/** A fault in one place of one network. */
export interface Fault {
  readonly kind: string;
  readonly commands: readonly string[];
  /** `code netns`: any of these is the right name for it. */
  readonly named: readonly string[];
}

/** Every fault that the network can have, in a fixed order. */
export function faultsOf(network: Network): readonly Fault[] {
  return [
    ...network.nodes.flatMap((node) => [
      ...linkFaults(node),
      ...addressFaults(node, network),
      ...routeFaults(node, network),
      ...(node.forwards ? forwardFaults(node, network) : []),
      ...natFaults(node),
    ]),
    ...targetFaults(network),
  ];
}

/** Two faults in one place would hide each other: the later one is left out. */
export function compatible(faults: readonly Fault[]): readonly Fault[] {
  const taken = new Set<string>();
  return faults.filter(({ named }) => {
    const place = named[0]?.split(' ')[1] ?? '';
    if (taken.has(place)) return false;
    taken.add(place);
    return true;
  });
}

function linkFaults(node: Node): readonly Fault[] {
  const ports = node.devices.filter(({ bridge }) => bridge !== undefined);
  const links = [...node.devices, ...(node.bridges ?? [])];
  return [
    ...links.map(({ name }) =>
      fault('link-down', [`ip -n ${node.name} link set dev ${name} down`], `link-down ${node.name}`),
    ),
    ...ports.map(({ name }) =>
      fault(
        'bridge-port-unattached',
        [`ip -n ${node.name} link set dev ${name} nomaster`],
        `bridge-port-unattached ${node.name}`,
      ),
    ),
  ];
}

function addressFaults(node: Node, network: Network): readonly Fault[] {
  const [device, ...more] = node.devices;
  if (device?.address === undefined || more.length > 0 || node.name === network.target) return [];
  return [
    fault(
      'no-address',
      [`ip -n ${node.name} addr del ${device.address} dev ${device.name}`],
      `no-address ${node.name}`,
    ),
  ];
}

function routeFaults(node: Node, network: Network): readonly Fault[] {
  const inet6 = network.to.includes(':');
  const ip = `ip -n ${node.name} ${inet6 ? '-6' : '-4'}`;
  return (node.routes ?? []).flatMap((route) => {
    const [destination = '', , gateway = ''] = route.split(' ');
    const nobody = gateway.replace(/[0-9a-f]+$/, inet6 ? '77' : '77');
    return [
      fault('no-route', [`${ip} route del ${route}`], `no-route ${node.name}`),
      fault(
        'gateway-unreachable',
        [`${ip} route change ${destination} via ${nobody}`],
        `gateway-unreachable ${node.name}`,
      ),
      ...(['blackhole', 'unreachable', 'prohibit'] as const)
        // A type that replaces the way on; a router's two routes would both be hit by a broader one.
        .filter(() => node.name === network.from)
        .map((type) => fault(`route-${type}`, [`${ip} route add ${type} ${network.to}`], `route-${type} ${node.name}`)),
    ];
  });
}

function forwardFaults(node: Node, network: Network): readonly Fault[] {
  const inet6 = network.to.includes(':');
  const key = inet6 ? 'net.ipv6.conf.all.forwarding' : 'net.ipv4.ip_forward';
  const iptables = inet6 ? 'ip6tables' : 'iptables';
  const exec = `ip netns exec ${node.name}`;
  return [
    fault('forwarding-off', [`${exec} sysctl -qw ${key}=0`], `forwarding-off ${node.name}`),
    fault('firewall-drop (policy)', [`${exec} ${iptables} -P FORWARD DROP`], `firewall-drop ${node.name}`),
    fault(
      'firewall-reject (iptables)',
      [`${exec} ${iptables} -A FORWARD -d ${network.to} -j REJECT`],
      `firewall-reject ${node.name}`,
    ),
    fault(
      'firewall-drop (nft)',
      [
        `${exec} nft 'table inet f { chain pass { type filter hook forward priority 0; meta l4proto { icmp, tcp, ipv6-icmp } drop; }; }'`,
      ],
      `firewall-drop ${node.name}`,
    ),
  ];
}

function natFaults(node: Node): readonly Fault[] {
  if (node.masquerade === undefined) return [];
  const nat = `ip netns exec ${node.name} iptables -t nat`;
  const wrong = (rule: string) => [`${nat} -F POSTROUTING`, `${nat} -A POSTROUTING ${rule}`];
  return [
    fault('nat-missing', [`${nat} -F POSTROUTING`], `nat-missing ${node.name}`),
    fault('nat-wrong (-s)', wrong('-s 192.168.11.0/24 -o wan -j MASQUERADE'), `nat-wrong ${node.name}`),
    fault('nat-wrong (-o)', wrong('-s 192.168.10.0/24 -o br0 -j MASQUERADE'), `nat-wrong ${node.name}`),
  ];
}

function targetFaults({ target, to, proto }: Network): readonly Fault[] {
  const inet6 = to.includes(':');
  const exec = `ip netns exec ${target}`;
  const iptables = inet6 ? 'ip6tables' : 'iptables';
  const key = inet6 ? 'net.ipv6.icmp.echo_ignore_all' : 'net.ipv4.icmp_echo_ignore_all';
  const protocol = proto === 'tcp' ? 'tcp' : inet6 ? 'ipv6-icmp' : 'icmp';
  return [
    fault(
      'firewall-drop (input)',
      [
        `${exec} ${iptables} -A INPUT -p ${protocol} ${inet6 && proto === 'icmp' ? '--icmpv6-type echo-request' : ''} -j DROP`,
      ],
      `firewall-drop ${target}`,
    ),
    fault(
      'firewall-reject (nft)',
      [
        `${exec} nft 'table inet f { chain take { type filter hook input priority 0; ${nftMatch(protocol)} reject; }; }'`,
      ],
      `firewall-reject ${target}`,
    ),
    ...(proto === 'icmp' ? [fault('icmp-ignored', [`${exec} sysctl -qw ${key}=1`], `icmp-ignored ${target}`)] : []),
  ];
}

function nftMatch(protocol: string): string {
  switch (protocol) {
    case 'tcp':
      return 'tcp dport 8080';
    case 'icmp':
      return 'icmp type echo-request';
    default:
      return 'icmpv6 type echo-request';
  }
}

function fault(kind: string, commands: readonly string[], ...named: readonly string[]): Fault {
  return { kind, commands, named };
}
