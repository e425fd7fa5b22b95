/**
 * Faults of addresses, neighbours, routes and policy rules.
 *
 * @module
 */

import { type Fault, fault } from './fault.ts';
import { type Device, ipIn, type Network, type Node } from './network.ts';

const NOBODY = '02:11:22:33:44:55';

/** What can be wrong with the addresses of a namespace, and with who knows them. */
export function addressFaults(node: Node, network: Network): readonly Fault[] {
  const { name, devices } = node;
  return devices.flatMap((device) => {
    const { name: link, address } = device;
    if (address === undefined) return [];
    const place = `${name}:${link}`;
    const exec = `ip netns exec ${name}`;
    const isInet = !address.includes(':');
    const isOwn = address.split('/')[0] === network.to;
    return [
      ...(isOwn || devices.length > 1
        ? []
        : [fault('no-address', place, [`ip -n ${name} addr del ${address} dev ${link}`], 'no-address')]),
      ...(devices.length > 1 ? [] : wrongPrefix(node, device)),
      ...(isInet && isOwn
        ? [fault('arp-filtered', place, [`${exec} sysctl -qw net.ipv4.conf.${link}.arp_ignore=8`], 'arp-filtered')]
        : []),
      ...(isInet || isOwn
        ? []
        : [
            fault(
              'ipv6-disabled',
              place,
              [`${exec} sysctl -qw net.ipv6.conf.${link}.disable_ipv6=1`],
              'ipv6-disabled',
              'no-address',
            ),
          ]),
    ];
  });
}

/** Too short pulls the far end into the connected network; too long leaves the neighbour out. */
function wrongPrefix({ name, routes = [] }: Node, { name: link, address = '' }: Device): readonly Fault[] {
  const [own = '', length] = address.split('/');
  if (length === '32') return [];
  const inet6 = own.includes(':');
  const wrong = routes.length > 0 ? (inet6 ? '16' : '8') : inet6 ? '128' : '32';
  return [
    fault(
      routes.length > 0 ? 'wrong-prefix (too wide)' : 'wrong-prefix (too narrow)',
      `${name}:${link}`,
      [
        ...(inet6 ? [`ip -n ${name} addr del ${address} dev ${link}`] : []),
        `ip -n ${name} addr add ${own}/${wrong} dev ${link}${inet6 ? ' nodad' : ''}`,
        ...(inet6 ? [] : [`ip -n ${name} addr del ${address} dev ${link}`]),
      ],
      'wrong-prefix',
    ),
  ];
}

/** What can be wrong with the routes and rules of a namespace. */
export function routeFaults(node: Node, network: Network): readonly Fault[] {
  const { name, routes = [], forwards = false } = node;
  // A namespace that routes nothing between the two has nothing to say about them.
  const routesIt = forwards || name === network.from || name === network.target;
  const isUnderlay = node.devices.some(({ vxlan }) => vxlan !== undefined);
  if (network.from === network.target) return [];
  return [
    ...routes.flatMap((route) => oneRoute(name, route)),
    ...(routesIt && !isUnderlay && !carriesTunnel(node, network) ? towards(node, network) : []),
  ];
}

/** The router below an overlay sees the tunnel's packets alone. */
function carriesTunnel({ name }: Node, { nodes }: Network): boolean {
  return name === 'r' && nodes.some(({ devices }) => devices.some(({ vxlan }) => vxlan !== undefined));
}

function oneRoute(node: string, route: string): readonly Fault[] {
  const [destination = '', way, gateway = ''] = route.split(' ');
  const ip = ipIn(node, route);
  const nobody = gateway.replace(/[0-9a-f]+$/, '77');
  const suffix = route.split(' ').slice(3).join(' ');
  return [
    fault('no-route', `${node}:${destination}`, [`${ip} route del ${route}`], 'no-route'),
    ...(way === 'via' && !suffix.includes('onlink')
      ? [
          fault(
            'gateway-unreachable',
            `${node}:${destination}`,
            [`${ip} route change ${destination} via ${nobody} ${suffix}`],
            'gateway-unreachable',
          ),
        ]
      : []),
    ...(way === 'via'
      ? [
          fault(
            'neighbor-wrong',
            `${node}:${destination}`,
            [
              `device=$(${ip} -o route get ${gateway} | sed 's/.* dev \\([^ ]*\\).*/\\1/')`,
              `ip -n ${node} neigh replace ${gateway} lladdr ${NOBODY} dev $device nud permanent`,
            ],
            'neighbor-wrong',
          ),
        ]
      : []),
  ];
}

/** Something that stands before the way to the other end; on the target, before the way back. */
function towards({ name, routes = [] }: Node, { from, target, to, back, nodes }: Network): readonly Fault[] {
  const far = name === target ? back : to;
  // A route to that very address is the way itself, and leaves no room for another one.
  if (routes.some((route) => [far, `${far}/32`].includes(route.split(' ')[0] ?? ''))) return [];
  // A published address is the router's own; what leads to the service behind it is another one.
  if (name !== from && nodes.some(({ nat = [] }) => nat.some((rule) => rule.includes('DNAT')))) return [];
  const ip = ipIn(name, far);
  return [
    ...(['blackhole', 'unreachable', 'prohibit', 'throw'] as const).map((type) =>
      fault(`route-${type}`, name, [`${ip} route add ${type} ${far}`], `route-${type}`),
    ),
    ...(['blackhole', 'unreachable', 'prohibit'] as const).map((type) =>
      fault(`rule-${type}`, name, [`${ip} rule add to ${far} ${type}`], `rule-${type}`),
    ),
    fault(
      'policy-rule',
      name,
      [...leadingNowhere(name), `${ip} route add default dev vpn0 table 77`, `${ip} rule add to ${far} lookup 77`],
      'policy-rule',
    ),
    fault('wrong-route', name, [...leadingNowhere(name), `${ip} route add ${far} dev vpn0`], 'wrong-route'),
  ];
}

/** A device that leads to where nobody is, as that of a VPN whose far end has moved. */
function leadingNowhere(node: string): readonly string[] {
  return [
    `ip netns add far-${node}`,
    `ip link add vpn0 netns ${node} type veth peer name vpn1 netns far-${node}`,
    `ip -n ${node} link set dev vpn0 up`,
    `ip -n far-${node} link set dev vpn1 up`,
  ];
}

/** Faults that need more than one router: circles, and strict filtering where the ways differ. */
export function wayFaults({ nodes, to, back, name: network }: Network): readonly Fault[] {
  const inet6 = to.includes(':');
  if (network.startsWith('two-ways')) {
    if (inet6) return [];
    // There by r1, back by r2: what comes in at b by r1 would be answered by r2.
    return [strict('b', 'r1', back), strict('a', 'r2', to)];
  }
  if (!network.startsWith('chain3')) return [];
  const second = nodes.find(({ name }) => name === 'r2');
  const [backwards, forwards] = second?.routes ?? [];
  if (backwards === undefined || forwards === undefined) return [];
  const gateway = backwards.split(' ')[2] ?? '';
  const [destination = ''] = forwards.split(' ');
  return [
    fault(
      'routing-loop',
      'r2',
      [`${ipIn('r2', to)} route change ${destination} via ${gateway}`],
      'routing-loop',
      'wrong-gateway',
    ),
  ];
}

function strict(node: string, device: string, source: string): Fault {
  return fault(
    'rp-filter',
    `${node}:${device}`,
    [
      `ip netns exec ${node} sysctl -qw net.ipv4.conf.${device}.rp_filter=1 # a packet from ${source} is not expected there`,
    ],
    'rp-filter',
  );
}
