import { expect, test } from 'vitest';
import { commandsOf } from '../../src/host/commands.ts';
import type { Edit } from '../../src/host/edit.ts';
import type { Host, NetnsEntry } from '../../src/host/host.ts';
import type { Interceptor, InterceptorSort } from '../../src/host/interceptor.ts';
import type { DeviceName } from '../../src/host/link.ts';
import { confKey, sysctlKey } from '../../src/host/sysctl.ts';
import { hostOf, netnsName, tweakNetns } from '../helpers/build-host.ts';
import { addr, mac, port, route, rule } from '../helpers/iproute-text.ts';

const VETH = 'veth0' as DeviceName;
const ns1 = netnsName('ns1');

const HOST = hostOf({
  host: {},
  ns1: {
    links: {
      veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'], master: 'br0' },
      br0: { kind: 'bridge' },
    },
    neighbors: ['10.0.0.2 dev veth0 lladdr 02:aa:aa:aa:aa:aa permanent'],
    rules: ['100: from 10.0.0.0/8 to 10.0.0.2 fwmark 0x1/0xff prohibit', '101: from 10.0.0.0/8 iif veth0 lookup 7'],
  },
  ns2: { links: { veth1: { up: false } } },
});

/** The words of the commands, and of what takes them back. */
function words(host: Host, edit: Edit): readonly (string | undefined)[] {
  return commandsOf(host, edit).flatMap(({ argv, undo }) => [argv.join(' '), undo?.join(' ')]);
}

function taker(sort: InterceptorSort): Interceptor {
  return { side: 'egress', sort, takes: { kind: 'all' }, name: 'taker', line: '' };
}

function entered(entry: NetnsEntry): Host {
  return tweakNetns(HOST, 'ns1', () => ({ entry }));
}

test.each<[string, NetnsEntry, string, string]>([
  ['by its name', { kind: 'named', name: 'ns1' }, 'ip -n ns1 link', 'ip netns exec ns1 sysctl'],
  ['where nsdiag runs as it is', { kind: 'here' }, 'ip link', 'sysctl'],
  ['by a process', { kind: 'pid', pid: 812 }, 'nsenter -t 812 -n ip link', 'nsenter -t 812 -n sysctl'],
  [
    'by a path',
    { kind: 'path', path: '/run/x/net' },
    'nsenter --net=/run/x/net ip link',
    'nsenter --net=/run/x/net sysctl',
  ],
])('commandsOf() enters a namespace %s', (_, entry, link, sysctl) => {
  const up: Edit = { netns: ns1, kind: 'link-up', device: VETH };
  const forward: Edit = { netns: ns1, kind: 'sysctl', key: sysctlKey('net/ipv4/ip_forward'), value: '1' };
  expect(words(entered(entry), up)).toEqual([`${link} set dev veth0 up`, `${link} set dev veth0 down`]);
  expect(words(entered(entry), forward)).toEqual([
    `${sysctl} -w net/ipv4/ip_forward=1`,
    `${sysctl} -w net/ipv4/ip_forward=0`,
  ]);
});

test.each<[string, Edit, string, string | undefined]>([
  [
    'enslaves',
    { netns: ns1, kind: 'link-master', device: VETH, master: 'br1' as DeviceName },
    'ip -n ns1 link set dev veth0 master br1',
    'ip -n ns1 link set dev veth0 master br0',
  ],
  [
    'frees a port',
    { netns: ns1, kind: 'link-master', device: VETH, master: undefined },
    'ip -n ns1 link set dev veth0 nomaster',
    'ip -n ns1 link set dev veth0 master br0',
  ],
  [
    'moves a link',
    { netns: ns1, kind: 'link-netns', device: VETH, target: netnsName('ns2') },
    'ip -n ns1 link set dev veth0 netns ns2',
    'ip -n ns2 link set dev veth0 netns ns1',
  ],
  [
    'moves a link to where process 1 is',
    { netns: ns1, kind: 'link-netns', device: VETH, target: netnsName('host') },
    'ip -n ns1 link set dev veth0 netns 1',
    'ip link set dev veth0 netns ns1',
  ],
  [
    'sets an MTU',
    { netns: ns1, kind: 'link-mtu', device: VETH, mtu: 1400 },
    'ip -n ns1 link set dev veth0 mtu 1400',
    'ip -n ns1 link set dev veth0 mtu 1500',
  ],
  [
    'forgets what was learned of paths',
    { netns: ns1, kind: 'path-mtu-flush', family: 'inet6' },
    'ip -n ns1 -6 route flush cache',
    undefined,
  ],
  [
    'takes off a qdisc',
    { netns: ns1, kind: 'interceptor-delete', device: VETH, interceptor: taker({ kind: 'qdisc' }) },
    'ip netns exec ns1 tc qdisc del dev veth0 root',
    undefined,
  ],
  [
    'takes off all filters of a hook',
    {
      netns: ns1,
      kind: 'interceptor-delete',
      device: VETH,
      interceptor: taker({ kind: 'filter', hook: 'egress', one: undefined }),
    },
    'ip netns exec ns1 tc filter del dev veth0 egress',
    undefined,
  ],
  [
    'takes off an XDP program',
    { netns: ns1, kind: 'interceptor-delete', device: VETH, interceptor: taker({ kind: 'xdp', mode: 'xdpgeneric' }) },
    'ip -n ns1 link set dev veth0 xdpgeneric off',
    undefined,
  ],
  [
    'switches ARP',
    { netns: ns1, kind: 'link-arp', device: VETH, arp: true },
    'ip -n ns1 link set dev veth0 arp on',
    'ip -n ns1 link set dev veth0 arp off',
  ],
  [
    'finishes checksums',
    { netns: ns1, kind: 'link-checksum', device: VETH },
    'ip netns exec ns1 ethtool -K veth0 tx off',
    'ip netns exec ns1 ethtool -K veth0 tx on',
  ],
  [
    'sets a port',
    { netns: ns1, kind: 'bridge-port', device: VETH, setting: 'isolated', on: false },
    'bridge -n ns1 link set dev veth0 isolated off',
    'bridge -n ns1 link set dev veth0 isolated on',
  ],
  [
    'sets the state of a port',
    { netns: ns1, kind: 'bridge-port', device: VETH, setting: 'state', state: 'blocking' },
    'bridge -n ns1 link set dev veth0 state blocking',
    'bridge -n ns1 link set dev veth0 state forwarding',
  ],
  [
    'deletes an FDB entry',
    { netns: ns1, kind: 'fdb-delete', device: VETH, mac: mac('02:aa:aa:aa:aa:aa'), vlan: undefined },
    'bridge -n ns1 fdb del 02:aa:aa:aa:aa:aa dev veth0 master',
    'bridge -n ns1 fdb add 02:aa:aa:aa:aa:aa dev veth0 master static',
  ],
  [
    'adds an address',
    { netns: ns1, kind: 'address-add', device: VETH, address: addr('10.0.0.9'), prefixLength: 24 },
    'ip -n ns1 addr add 10.0.0.9/24 dev veth0',
    'ip -n ns1 addr del 10.0.0.9/24 dev veth0',
  ],
  [
    'adds an IPv6 address that answers at once',
    { netns: ns1, kind: 'address-add', device: VETH, address: addr('fd00::9'), prefixLength: 64 },
    'ip -n ns1 addr add fd00::9/64 dev veth0 nodad',
    'ip -n ns1 addr del fd00::9/64 dev veth0',
  ],
  [
    'adds a route',
    { netns: ns1, kind: 'route-add', route: route('10.0.2.0/24 via 10.0.0.254 dev veth0') },
    'ip -n ns1 route add 10.0.2.0/24 via 10.0.0.254 dev veth0',
    'ip -n ns1 route del 10.0.2.0/24 via 10.0.0.254 dev veth0',
  ],
  [
    'adds an IPv6 default route',
    { netns: ns1, kind: 'route-add', route: { ...route('::/0 via fd00::fe dev veth0'), metric: 1024 } },
    'ip -n ns1 -6 route add default via fd00::fe dev veth0',
    'ip -n ns1 -6 route del default via fd00::fe dev veth0',
  ],
  [
    'deletes a route of another table',
    { netns: ns1, kind: 'route-delete', route: route('default via 10.0.0.254 dev veth0 metric 100 table 7') },
    'ip -n ns1 route del default via 10.0.0.254 dev veth0 metric 100 table 7',
    'ip -n ns1 route add default via 10.0.0.254 dev veth0 metric 100 table 7',
  ],
  [
    'deletes a blackhole',
    { netns: ns1, kind: 'route-delete', route: route('blackhole 10.0.2.0/24') },
    'ip -n ns1 route del blackhole 10.0.2.0/24',
    'ip -n ns1 route add blackhole 10.0.2.0/24',
  ],
  [
    'changes a route',
    {
      netns: ns1,
      kind: 'route-change',
      from: route('default via 10.0.0.9 dev veth0'),
      to: route('default via 10.0.0.254 dev veth0'),
    },
    'ip -n ns1 route change default via 10.0.0.254 dev veth0',
    'ip -n ns1 route change default via 10.0.0.9 dev veth0',
  ],
  [
    'deletes a policy rule',
    { netns: ns1, kind: 'rule-delete', priority: 100, family: 'inet' },
    'ip -n ns1 rule del pref 100',
    'ip -n ns1 rule add from 10.0.0.0/8 to 10.0.0.2/32 fwmark 0x1/0xff pref 100 type prohibit',
  ],
  [
    'forgets a permanent neighbour',
    { netns: ns1, kind: 'neighbor-delete', device: VETH, address: addr('10.0.0.2') },
    'ip -n ns1 neigh del 10.0.0.2 dev veth0',
    'ip -n ns1 neigh add 10.0.0.2 lladdr 02:aa:aa:aa:aa:aa dev veth0 nud permanent',
  ],
  [
    'writes a sysctl of a device with a dot in its name',
    { netns: ns1, kind: 'sysctl', key: confKey('ipv4', 'br0.1' as DeviceName, 'forwarding'), value: '1' },
    'ip netns exec ns1 sysctl -w net/ipv4/conf/br0.1/forwarding=1',
    undefined,
  ],
])('commandsOf() %s, and takes it back', (_, edit, argv, undo) => {
  expect(words(HOST, edit)).toEqual([argv, undo]);
});

test('commandsOf() writes a policy rule that it cannot express in full without a way back', () => {
  const odd = tweakNetns(HOST, 'ns1', () => ({
    rules: {
      known: true,
      value: [{ ...rule('100: from all lookup 7', 'inet'), unmodelled: ['uidrange 0-0'] }],
      source: { command: [] },
    },
  }));
  expect(words(odd, { netns: ns1, kind: 'rule-delete', priority: 100, family: 'inet' })).toEqual([
    'ip -n ns1 rule del pref 100',
    undefined,
  ]);
});

test('commandsOf() cannot name where nsdiag runs once process 1 is found elsewhere', () => {
  const elsewhere = tweakNetns(HOST, 'ns2', () => ({ entry: { kind: 'pid', pid: 1 } }));
  const back: Edit = { netns: netnsName('host'), kind: 'link-netns', device: VETH, target: ns1 };
  expect(commandsOf(elsewhere, back)[0]?.undo).toBeUndefined();
});

test('commandsOf() writes several next hops as iproute2 reads them', () => {
  const multipath = route('10.0.9.0/24 nexthop via 10.0.1.1 dev a nexthop via 10.0.2.1 dev b weight 2');
  expect(words(HOST, { netns: ns1, kind: 'route-add', route: multipath })[0]).toBe(
    'ip -n ns1 route add 10.0.9.0/24 nexthop via 10.0.1.1 dev a weight 1 nexthop via 10.0.2.1 dev b weight 2',
  );
});

test('commandsOf() never lets a device name become an option or a keyword', () => {
  const odd = '-x' as DeviceName;
  const argv = commandsOf(HOST, { netns: ns1, kind: 'link-up', device: odd })[0]?.argv ?? [];
  expect(argv[argv.indexOf(odd) - 1]).toBe('dev');
});

test('commandsOf() adds the routes over a tunnel again that is made anew, those with another next hop beside it too', () => {
  const host = hostOf({
    host: {},
    a: {
      links: {
        vx0: { kind: 'vxlan', addresses: ['10.0.0.1/24'] },
        d0: { kind: 'dummy', addresses: ['10.1.0.1/24'] },
      },
      routes: [
        '10.8.0.0/16 via 10.0.0.2 dev vx0',
        '10.9.0.0/16 nexthop via 10.0.0.2 dev vx0 nexthop via 10.1.0.2 dev d0',
        '10.7.0.0/16 via 10.1.0.2 dev d0',
      ],
    },
  });
  const device = 'vx0' as DeviceName;
  const said = commandsOf(host, { netns: netnsName('a'), kind: 'vxlan-remake', device, vni: 44, dstPort: port(4789) });
  expect(said.map(({ argv }) => argv.join(' ')).filter((words) => words.includes('route add'))).toEqual([
    'ip -n a route add 10.8.0.0/16 via 10.0.0.2 dev vx0',
    'ip -n a route add 10.9.0.0/16 nexthop via 10.0.0.2 dev vx0 weight 1 nexthop via 10.1.0.2 dev d0 weight 1',
  ]);
});
