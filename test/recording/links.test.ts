import { expect, test } from 'vitest';
import type { Link, LinkDetail } from '../../src/host/link.ts';
import { linkRowsOf } from '../../src/recording/link-row.ts';
import { linksOf } from '../../src/recording/links.ts';
import { withAround } from '../../src/recording/peers.ts';
import type { RecordedNamespace } from '../../src/recording/recording.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import { fixture, namespaceWith, valueIn } from './recorded.ts';

const ROUTER = hostOf(fixture('odd-router'));
const NAMES = hostOf(fixture('odd-names'));

function recorded(device: string, netns = 'router'): Link {
  const namespace = [...ROUTER.namespaces, ...NAMES.namespaces].find(({ name }) => name === netns);
  const link = namespace && valueIn(namespace.links).find(({ name }) => name === device);
  if (link === undefined) throw new Error(`no device ${device} in ${netns}`);
  return link;
}

function linksIn(namespaces: readonly RecordedNamespace[], name: string): readonly Link[] {
  const rows = namespaces.map((namespace) => ({ namespace, rows: linkRowsOf(namespace) }));
  const found = withAround(rows).find(({ namespace }) => namespace.name === name);
  if (found === undefined) throw new Error(name);
  return valueIn(linksOf(found.rows, found.around, new Map()));
}

/** A row as iproute2 prints it, with what matters for a test. */
function row(ifindex: number, ifname: string, more: object = {}): object {
  return { ifindex, ifname, flags: ['UP'], mtu: 1500, link_type: 'ether', addr_info: [], ...more };
}

function veth(ifindex: number, ifname: string, peerIfindex: number, nsid: number): object {
  return row(ifindex, ifname, { link_index: peerIfindex, link_netnsid: nsid, linkinfo: { info_kind: 'veth' } });
}

function namespace(name: string, inode: number, rows: readonly object[], nsids = {}): RecordedNamespace {
  return namespaceWith({ link: JSON.stringify(rows) }, { name, inode, nsids });
}

test('linksOf() reads a device with its addresses', () => {
  expect(recorded('l0')).toMatchObject({
    up: true,
    carrier: true,
    noArp: false,
    mtu: 1500,
    mac: '02:00:00:00:00:01',
    master: undefined,
    port: undefined,
    detail: { kind: 'veth', peer: { kind: 'found', netns: 'left', device: 'eth0' } },
    unmodelled: [],
  });
  expect(recorded('l0').addresses).toEqual([
    { family: 'inet', address: '10.0.1.1', prefixLength: 24, scope: 'global', flags: ['permanent'] },
    {
      family: 'inet',
      address: '10.9.0.1',
      prefixLength: 32,
      peer: '10.9.0.2',
      scope: 'global',
      flags: ['permanent'],
    },
    { family: 'inet', address: '10.0.1.77', prefixLength: 24, scope: 'global', flags: ['permanent', 'secondary'] },
    {
      family: 'inet',
      address: '10.0.1.78',
      prefixLength: 24,
      scope: 'global',
      flags: ['secondary', 'deprecated', 'dynamic', 'noprefixroute'],
    },
    { family: 'inet6', address: 'fd00:1::1', prefixLength: 64, scope: 'global', flags: ['permanent', 'nodad'] },
    expect.objectContaining({ family: 'inet6', prefixLength: 64, scope: 'link' }),
  ]);
});

test('linksOf() reads a device that is down, and one without ARP', () => {
  expect(recorded('down0')).toMatchObject({ up: false, carrier: false });
  expect(recorded('tap0')).toMatchObject({ noArp: true, detail: { kind: 'other', infoKind: 'ifb' } });
  expect(recorded('lo')).toMatchObject({ detail: { kind: 'loopback' }, mtu: 65536 });
});

test('linksOf() finds veth peers in the same namespace by name', () => {
  expect(recorded('p0').detail).toEqual({ kind: 'veth', peer: { kind: 'found', netns: 'router', device: 'p1' } });
  expect(recorded('-peer', 'names').detail).toMatchObject({ peer: { netns: 'names', device: 'peer$' } });
});

test('linksOf() reads a bridge, and what its port is set to', () => {
  expect(recorded('br0').detail).toEqual({
    kind: 'bridge',
    stp: false,
    vlanFiltering: false,
    nfCallIptables: true,
    nfCallIp6tables: false,
  });
  expect(recorded('p0')).toMatchObject({ master: 'br0' });
  expect(recorded('p0').port).toEqual({
    state: 'forwarding',
    isolated: true,
    hairpin: true,
    learning: false,
    flood: false,
    broadcastFlood: true,
    multicastFlood: true,
  });
});

const PLAIN_VXLAN = { remote: undefined, local: undefined, link: undefined, learning: true, external: false };

test.each<[string, LinkDetail | object, readonly string[]]>([
  ['vx0', { ...PLAIN_VXLAN, vni: 42, dstPort: 4789, local: '10.0.2.1', link: 'r0' }, []],
  ['vx1', { ...PLAIN_VXLAN, vni: 43, dstPort: 8472, remote: '10.0.2.2', learning: false }, []],
  ['vx2', { ...PLAIN_VXLAN, vni: 0, dstPort: 4790, learning: false, external: true }, []],
  [
    'vx3',
    { ...PLAIN_VXLAN, vni: 44, dstPort: 4791, remote: '239.1.1.1', link: 'r0' },
    ['vxlan group 239.1.1.1: multicast in the underlay'],
  ],
  ['vx4', { ...PLAIN_VXLAN, vni: 45, dstPort: 4792, remote: 'fd00:2::2', local: 'fd00:2::1' }, ['vxlan gbp']],
])('linksOf() reads tunnel %s', (device, detail, unmodelled) => {
  expect(recorded(device).detail).toEqual({ kind: 'vxlan', ...detail });
  expect(recorded(device).unmodelled).toEqual(unmodelled);
});

test('linksOf() finds the underlay of a tunnel that was moved where it was made, not behind the same number here', () => {
  expect(recorded('vx5', 'right').detail).toEqual({
    kind: 'vxlan',
    ...PLAIN_VXLAN,
    vni: 46,
    dstPort: 4793,
    link: 'l0',
    underlay: 'router',
  });
});

test('linksOf() tells peers apart whose ifindex and nsid are the same in every namespace', () => {
  const a = namespace('a', 1, [veth(2, 'a-b', 2, 0), veth(3, 'a-c', 2, 1)], { 0: 2, 1: 3 });
  const b = namespace('b', 2, [veth(2, 'b-a', 2, 0), veth(3, 'b-c', 3, 1)], { 0: 1, 1: 3 });
  const c = namespace('c', 3, [veth(2, 'c-a', 3, 0), veth(3, 'c-b', 3, 1)], { 0: 1, 1: 2 });
  const peers = ['a', 'b', 'c'].flatMap((name) =>
    linksIn([a, b, c], name).map(({ detail }) => (detail.kind === 'veth' ? detail.peer : undefined)),
  );

  expect(peers).toEqual(
    ['b:b-a', 'c:c-a', 'a:a-b', 'c:c-b', 'a:a-c', 'b:b-c'].map((text) => {
      const [netns, device] = text.split(':');
      return { kind: 'found', netns, device };
    }),
  );
});

test.each([
  ['its nsid has no namespace', {}, []],
  ['its namespace was not read', { 0: 2 }, undefined],
  ['its namespace has no such device', { 0: 2 }, [row(9, 'other')]],
])('linksOf() says that a peer was not seen when %s', (_, nsids, rows) => {
  const near = namespace('near', 1, [veth(2, 'eth0', 7, 0)], nsids);
  const far =
    rows === undefined ? namespaceWith({}, { name: 'far', inode: 2, obstacle: 'x' }) : namespace('far', 2, rows);

  expect(linksIn([near, far], 'near')[0]?.detail).toEqual({
    kind: 'veth',
    peer: { kind: 'unseen', ifindex: 7, nsid: 0 },
  });
});

test('linksOf() says that the underlay of a tunnel is not known when its namespace was not found', () => {
  const data = { id: 1, port: 4789, learning: true, link: 'eth0' };
  const tunnel = row(3, 'vx', { link_index: 3, link_netnsid: 0, linkinfo: { info_kind: 'vxlan', info_data: data } });
  const [link] = linksIn([namespace('near', 1, [tunnel])], 'near');

  expect(link?.detail).toMatchObject({ link: undefined });
  expect(link?.unmodelled).toEqual(['its outer packets travel in a namespace that was not found']);
});

test('linksOf() names an XDP program, its mode, and port settings by which a bridge drops frames itself', () => {
  const data = { state: 'forwarding', hairpin: false, learning: true, flood: true, locked: true };
  const port = row(2, 'p', {
    master: 'br0',
    xdp: { mode: 2, prog: { id: 5, name: 'guard', tag: 'b11459a0e11ca14c' } },
    linkinfo: { info_slave_kind: 'bridge', info_slave_data: data },
  });

  const [link] = linksIn([namespace('a', 1, [port])], 'a');
  expect(link?.unmodelled).toEqual(['locked']);
  expect(link?.interceptors).toEqual([
    {
      side: 'ingress',
      sort: { kind: 'xdp', mode: 'xdpgeneric' },
      takes: { kind: 'unknown' },
      name: 'XDP program guard',
      line: 'xdpgeneric prog/xdp id 5 tag b11459a0e11ca14c',
    },
  ]);
});

test('linksOf() takes a bond or a VRF for a master without making its member a bridge port', () => {
  const member = row(2, 'm', { master: 'bond0', linkinfo: { info_slave_kind: 'bond', info_slave_data: {} } });

  expect(linksIn([namespace('a', 1, [member])], 'a')[0]).toMatchObject({ master: 'bond0', port: undefined });
});

test('linkRowsOf() is unknown when the state of a bridge port is none that exists', () => {
  const data = { state: 'thinking', hairpin: false, learning: true, flood: true };
  const port = row(2, 'p', { master: 'br0', linkinfo: { info_slave_kind: 'bridge', info_slave_data: data } });

  expect(linkRowsOf(namespace('a', 1, [port]))).toMatchObject({ known: false });
});

test('linksOf() takes a tunnel or a bridge whose settings it cannot read for a kind that is not modelled', () => {
  const odd = (info_kind: string) => row(2, 'x', { linkinfo: { info_kind, info_data: { id: 'none' } } });

  for (const kind of ['vxlan', 'bridge']) {
    expect(linksIn([namespace('a', 1, [odd(kind)])], 'a')[0]?.detail).toEqual({ kind: 'other', infoKind: kind });
  }
});

test.each([
  [
    'forwards, and its bridge has carrier, while the kernel has not noticed its carrier yet',
    ['UP'],
    'forwarding',
    true,
  ],
  ['is disabled under a bridge that is down', [], 'disabled', false],
])('linksOf() says that a port with LOWER_UP and NO-CARRIER %s', (_, bridgeFlags, state, carrier) => {
  const settings = { state: 'disabled', isolated: false, hairpin: false, learning: true, flood: true };
  const info_slave_data = { ...settings, bcast_flood: true, mcast_flood: true };
  const port = row(2, 'p1', {
    flags: ['NO-CARRIER', 'UP', 'LOWER_UP'],
    master: 'br0',
    linkinfo: { info_kind: 'dummy', info_slave_kind: 'bridge', info_slave_data },
  });
  const bridge = row(3, 'br0', { flags: ['NO-CARRIER', ...bridgeFlags] });
  const [first, second] = linksIn([namespace('ns1', 1, [port, bridge])], 'ns1');
  expect(first?.port?.state).toBe(state);
  expect(second?.carrier).toBe(carrier);
});

/** `link`: where the device below is in the same namespace. Composed after iproute2's ip/iplink_vlan.c: no VLANs here. */
test('linksOf() reads macvlans and VLAN devices, and what they stand on', () => {
  const stacked = (info_kind: string, info_data: object) => ({ linkinfo: { info_kind, info_data } });
  const namespaces = [
    namespace('a', 1, [
      row(2, 'eth0'),
      row(3, 'eth0.10', { link: 'eth0', ...stacked('vlan', { protocol: '802.1Q', id: 10, flags: ['REORDER_HDR'] }) }),
      row(4, 'eth0.20', { link: 'eth0', ...stacked('vlan', { protocol: '802.1ad', id: 20, flags: [] }) }),
    ]),
    namespace(
      'b',
      2,
      [
        row(2, 'mv0', { link_index: 2, link_netnsid: 0, ...stacked('macvlan', { mode: 'vepa', bcqueuelen: 1000 }) }),
        row(3, 'mv1', { link_index: 9, link_netnsid: 0, ...stacked('macvlan', { mode: 'source' }) }),
        row(4, 'mv2', { link_index: 2, link_netnsid: 0, ...stacked('macvlan', { mode: 'unheard-of' }) }),
      ],
      { 0: 1 },
    ),
  ];
  const lower = { kind: 'found', netns: 'a', device: 'eth0' };
  expect(linksIn(namespaces, 'a')).toMatchObject([
    {},
    { detail: { kind: 'vlan', lower, id: 10 }, unmodelled: [] },
    { detail: { kind: 'vlan', lower, id: 20 }, unmodelled: ['VLAN protocol 802.1ad'] },
  ]);
  expect(linksIn(namespaces, 'b')).toMatchObject([
    { detail: { kind: 'macvlan', lower, mode: 'vepa' }, unmodelled: [] },
    { detail: { kind: 'macvlan', lower: { kind: 'unseen', ifindex: 9 } }, unmodelled: ['macvlan mode source'] },
    { detail: { kind: 'other', infoKind: 'macvlan' } },
  ]);
});
