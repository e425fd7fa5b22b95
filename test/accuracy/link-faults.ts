/**
 * Faults of devices, bridges and tunnels.
 *
 * @module
 */

import { type Fault, fault } from './fault.ts';
import { type Device, type Network, type Node, vxlanCommand } from './network.ts';

/** A MAC that nobody has. */
const NOBODY = '02:11:22:33:44:55';

/** What can be wrong with the devices of a namespace. */
export function linkFaults(node: Node, network: Network): readonly Fault[] {
  const { name, devices, bridges = [] } = node;
  const ip = `ip -n ${name}`;
  return [
    ...[...devices, ...bridges].map((device) =>
      fault('link-down', `${name}:${device.name}`, [`${ip} link set dev ${device.name} down`], 'link-down'),
    ),
    ...(name === network.target && name === network.from
      ? [fault('lo-down', name, [`${ip} link set dev lo down`], 'lo-down')]
      : []),
    ...devices.flatMap((device) => [...noArp(node, device, network), ...dangling(node, device)]),
    ...bridgeFaults(node, network),
    ...devices.flatMap((device) => tunnelFaults(node, device)),
    ...devices.flatMap(({ name: device, macvlanOn }) =>
      macvlanOn === undefined
        ? []
        : [
            fault(
              'macvlan-isolated',
              `${name}:${device}`,
              [`${ip} link set dev ${device} type macvlan mode private`],
              'macvlan-isolated',
            ),
          ],
    ),
    ...(network.payloadBytes === undefined ? [] : devices.map((device) => narrow(name, device, network))),
  ];
}

/** Too narrow for what is sent; with the answers of routers lost besides, nobody is told. */
function narrow(name: string, { name: device, peer }: Device, { to }: Network): Fault {
  const [far = ''] = peer?.split(':') ?? [];
  const mtu = to.includes(':') ? 1400 : 1300;
  return fault(
    'mtu-exceeded',
    `${name}:${device}`,
    [`ip -n ${name} link set dev ${device} mtu ${mtu}`],
    'mtu-exceeded',
    `mtu-exceeded ${far}`,
    'mtu-blackhole',
  );
}

function noArp({ name }: Node, { name: device, address, vxlan }: Device, { to }: Network): readonly Fault[] {
  const isAsked = address?.split('/')[0] === to;
  return isAsked && vxlan === undefined
    ? [
        fault(
          'interface-noarp',
          `${name}:${device}`,
          [`ip -n ${name} link set dev ${device} arp off`],
          'interface-noarp',
        ),
      ]
    : [];
}

/** A port's end that was left in, or moved to, a namespace where nobody needs it. */
function dangling({ name }: Node, { name: device, bridge, peer }: Device): readonly Fault[] {
  if (bridge === undefined || peer === undefined) return [];
  const [far = ''] = peer.split(':');
  const commands = ['ip netns add lost', `ip -n ${name} link set dev ${device} netns lost`];
  return [fault('dangling-veth', `${name}:${device}`, commands, 'dangling-veth', `dangling-veth ${far}`)];
}

function bridgeFaults(node: Node, network: Network): readonly Fault[] {
  const { name, forwards, devices, bridges = [] } = node;
  const ip = `ip -n ${name}`;
  const exec = `ip netns exec ${name}`;
  const onWay = devices.filter(({ peer }) => !network.bystanders.includes(peer?.split(':')[0] ?? ''));
  const ports = onWay.filter(({ bridge }) => bridge !== undefined);
  const port = (word: string, { name: device }: Device, options: string, code: string) =>
    fault(word, `${name}:${device}`, [`bridge -n ${name} link set dev ${device} ${options}`], code);
  const [first, second] = ports;
  const isSwitch = bridges.length === 1 && !forwards;
  return [
    ...ports.flatMap((device) => [
      fault(
        'bridge-port-unattached',
        `${name}:${device.name}`,
        [`${ip} link set dev ${device.name} nomaster`],
        'bridge-port-unattached',
      ),
      port('bridge-port-blocking', device, 'state 4', 'bridge-port-blocking'),
    ]),
    ...bridges.flatMap(({ name: bridge, address }) =>
      address === undefined
        ? []
        : ports
            .filter((device) => device.bridge === bridge)
            .map((device) =>
              fault(
                'bridge-address-on-port',
                `${name}:${device.name}`,
                [
                  `${ip} addr del ${address} dev ${bridge}`,
                  `${ip} addr add ${address} dev ${device.name}${address.includes(':') ? ' nodad' : ''}`,
                ],
                'bridge-address-on-port',
              ),
            ),
    ),
    ...(isSwitch && first !== undefined && second !== undefined
      ? [
          fault(
            'bridge-port-isolated',
            name,
            [first, second].map((device) => `bridge -n ${name} link set dev ${device.name} isolated on`),
            'bridge-port-isolated',
          ),
          fault('bridge-fdb-wrong', name, wrongFdb(name, first, second), 'bridge-fdb-wrong'),
          fault(
            'bridge-filter-drop',
            name,
            [`${exec} nft 'table bridge f { chain pass { type filter hook forward priority 0; drop; }; }'`],
            'bridge-filter-drop',
          ),
          fault(
            'bridge-netfilter',
            name,
            [
              `${exec} sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1`,
              `${exec} iptables -P FORWARD DROP`,
              `${exec} ip6tables -P FORWARD DROP`,
              `${exec} iptables -F FORWARD`,
              `${exec} ip6tables -F FORWARD`,
            ],
            'bridge-netfilter',
          ),
        ]
      : []),
  ];
}

/** The MAC of what is behind the second port is led to the first. */
function wrongFdb(name: string, first: Device, second: Device): readonly string[] {
  const [node = '', device = ''] = second.peer?.split(':') ?? [];
  const mac = second.peer === undefined ? NOBODY : `$(ip netns exec ${node} cat /sys/class/net/${device}/address)`;
  return [`bridge -n ${name} fdb replace ${mac} dev ${first.name} master static`];
}

function tunnelFaults({ name, bridges = [] }: Node, { name: device, vxlan }: Device): readonly Fault[] {
  if (vxlan === undefined) return [];
  const ip = `ip -n ${name}`;
  const again = (end: typeof vxlan, vni: string, port: string) => [
    `${ip} link del dev ${device}`,
    vxlanCommand(name, device, end, vni, port),
    `${ip} link set dev ${device} master ${bridges[0]?.name ?? ''}`,
    `${ip} link set dev ${device} up`,
  ];
  const far = (code: string) => `${code} ${name === 'h1' ? 'h2' : 'h1'}`;
  const flood = `00:00:00:00:00:00 dev ${device}`;
  return [
    fault('vxlan-vni-mismatch', name, again(vxlan, '43', '4789'), 'vxlan-vni-mismatch', far('vxlan-vni-mismatch')),
    fault('vxlan-port-mismatch', name, again(vxlan, '42', '8472'), 'vxlan-port-mismatch', far('vxlan-port-mismatch')),
    fault(
      'vxlan-wrong-remote',
      name,
      again({ ...vxlan, remote: vxlan.remote.replace(/\d+$/, '77') }, '42', '4789'),
      'vxlan-wrong-remote',
    ),
    fault('vxlan-no-fdb', name, [`bridge -n ${name} fdb del ${flood} dst ${vxlan.remote}`], 'vxlan-no-fdb'),
  ];
}
