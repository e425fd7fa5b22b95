/** What every machine can check; that the kernel does the same is seen in test/live/faults-apply.test.ts. */

import { expect, test } from 'vitest';
import { applyEdit } from '../../src/host/apply.ts';
import type { Edit } from '../../src/host/edit.ts';
import { findLink, findNetns, type Host } from '../../src/host/host.ts';
import type { DeviceName } from '../../src/host/link.ts';
import { refusalOf } from '../../src/host/refusal.ts';
import { routeText } from '../../src/host/route-text.ts';
import { settle } from '../../src/host/settle.ts';
import { addRoutes, forget, hostOf, netnsName } from '../helpers/build-host.ts';
import { addr, route } from '../helpers/iproute-text.ts';

const ns1 = netnsName('ns1');
const VETH = 'veth0' as DeviceName;

function pair(up: boolean): Host {
  return hostOf({
    ns1: {
      links: { veth0: { peer: 'ns2:veth1', up, addresses: ['10.0.0.1/24'] } },
      routes: up ? ['10.9.0.0/16 via 10.0.0.2'] : [],
      neighbors: [
        '10.0.0.2 dev veth0 lladdr 02:aa:aa:aa:aa:aa stale',
        '10.0.0.3 dev veth0 lladdr 02:aa:aa:aa:aa:ab permanent',
      ],
    },
    ns2: { links: { veth1: { addresses: ['10.0.0.2/24'] } } },
  });
}

function mainRoutes(host: Host): readonly string[] {
  const routes = findNetns(host, 'ns1')?.routes;
  return routes?.known
    ? routes.value.filter(({ table, family }) => table === 254 && family === 'inet').map(routeText)
    : [];
}

test('applyEdit() gives a link that comes up its connected routes, and its peer carrier', () => {
  const host = applyEdit(pair(false), { netns: ns1, kind: 'link-up', device: VETH });
  expect(mainRoutes(host)).toEqual(['10.0.0.0/24 dev veth0']);
  expect(findLink(host, netnsName('ns2'), 'veth1' as DeviceName)?.carrier).toBe(true);
});

test('applyEdit() marks routes by the carrier that their device has lost, and takes the mark off again', () => {
  const flags = (host: Host) => {
    const routes = findNetns(host, 'ns2')?.routes;
    return routes?.known ? routes.value.find(({ protocol }) => protocol === 'boot')?.nexthops[0]?.flags : undefined;
  };
  const wired = addRoutes(pair(false), 'ns2', '10.8.0.0/16 via 10.0.0.1 dev veth1');
  const dark = settle(wired, wired);
  expect(flags(dark)).toEqual(['linkdown']);
  expect(flags(applyEdit(dark, { netns: ns1, kind: 'link-up', device: VETH }))).toEqual([]);
});

test('applyEdit() leaves a namespace that the edit is nothing to the same value', () => {
  const host = { ...pair(false), namespaces: [...pair(false).namespaces, ...hostOf({ ns3: {} }).namespaces] };
  const changed = applyEdit(host, { netns: ns1, kind: 'link-up', device: VETH });
  expect(findNetns(changed, 'ns3')).toBe(findNetns(host, 'ns3'));
  expect(findNetns(changed, 'ns2')).not.toBe(findNetns(host, 'ns2'));
});

test('applyEdit() forgets learned neighbours where links change, and keeps permanent ones', () => {
  const host = applyEdit(pair(false), { netns: ns1, kind: 'link-up', device: VETH });
  const neighbors = findNetns(host, 'ns1')?.neighbors;
  expect(neighbors?.known && neighbors.value.map(({ state }) => state)).toEqual(['permanent']);
});

test('applyEdit() takes every IPv4 route of the device along with its last address', () => {
  const gone: Edit = { netns: ns1, kind: 'address-delete', device: VETH, address: addr('10.0.0.1'), prefixLength: 24 };
  expect(mainRoutes(pair(true))).toHaveLength(2);
  expect(mainRoutes(applyEdit(pair(true), gone))).toEqual([]);
});

test('applyEdit() lets what is unknown stay unknown', () => {
  const blind = forget(pair(true), 'ns1', 'routes', 'no permission');
  const edit: Edit = { netns: ns1, kind: 'route-add', route: route('10.8.0.0/16 dev veth0') };
  expect(findNetns(applyEdit(blind, edit), 'ns1')?.routes).toEqual({ known: false, why: 'no permission' });
});

test.each<[string, Edit, RegExp]>([
  [
    'a gateway in no network of ours',
    { netns: ns1, kind: 'route-add', route: route('default via 172.16.0.1 dev veth0') },
    /invalid gateway/,
  ],
  ['a route that is there', { netns: ns1, kind: 'route-add', route: route('10.9.0.0/16 dev veth0') }, /File exists/],
  ['a device that is not there', { netns: ns1, kind: 'link-up', device: 'veth9' as DeviceName }, /Cannot find device/],
  ['a namespace that is not there', { netns: netnsName('ns9'), kind: 'link-up', device: VETH }, /no namespace ns9/],
])('refusalOf() refuses %s, and applyEdit() changes nothing', (_, edit, why) => {
  const host = pair(true);
  expect(refusalOf(host, edit)).toMatch(why);
  expect(applyEdit(host, edit)).toBe(host);
});
