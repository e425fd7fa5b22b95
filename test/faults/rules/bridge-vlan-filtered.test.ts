import { expect, test } from 'vitest';
import { bridgeVlanFiltered } from '../../../src/faults/rules/bridge-vlan-filtered.ts';
import type { Host } from '../../../src/host/host.ts';
import { hostOf, type NetnsSpec } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';

/** ns1 10.0.0.1 on p1 and ns2 10.0.0.2 on p2 of br0 in `sw`, which filters by these tables. */
function filtering(vlans: readonly string[], ns2: NetnsSpec = UNTAGGED, br0: NetnsSpec['links'] = {}): Host {
  return hostOf({
    ns1: { links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.1/24'] } } },
    ns2,
    sw: {
      links: {
        br0: { kind: 'bridge', detail: { vlanFiltering: true }, ...br0['br0'] },
        p1: { master: 'br0' },
        p2: { master: 'br0' },
        ...(br0['br0.10'] === undefined ? {} : { 'br0.10': br0['br0.10'] }),
      },
      vlans,
    },
  });
}
const UNTAGGED: NetnsSpec = { links: { eth0: { peer: 'sw:p2', addresses: ['10.0.0.2/24'] } } };
const TAGGED: NetnsSpec = {
  links: {
    eth0: { peer: 'sw:p2' },
    'eth0.10': { kind: 'vlan', addresses: ['10.0.0.2/24'], detail: { lower: 'ns2:eth0', id: 10 } },
  },
};
const ASK = 'ns1 10.0.0.2';
const ACCESS_10 = ['p1 10 pvid untagged', 'p2 10 pvid untagged'];

test.each([
  [
    'an access port in another VLAN',
    filtering(['p1 10 pvid untagged', 'p2 20 pvid untagged']),
    'p2',
    'a frame of VLAN 10 may not go out by p2 in sw, which lets through VLAN 20',
    'bridge -n sw vlan add dev p2 vid 10 pvid untagged',
  ],
  [
    'a trunk without the VLAN',
    filtering(['p1 10 pvid untagged', 'p2 1 pvid untagged', 'p2 20'], TAGGED),
    'p2',
    'a frame of VLAN 10 may not go out by p2 in sw, which lets through VLAN 1, 20',
    'bridge -n sw vlan add dev p2 vid 10',
  ],
  [
    'a port without a PVID',
    filtering(['p1 10 untagged', 'p2 10 pvid untagged']),
    'p1',
    'frames without a tag may not come in by p1 in sw: it has no PVID',
    'bridge -n sw vlan add dev p1 vid 10 pvid untagged',
  ],
  [
    'a port without any VLAN',
    filtering(['p1 10 pvid untagged']),
    'p2',
    'a frame of VLAN 10 may not go out by p2 in sw, which lets through no VLAN',
    'bridge -n sw vlan add dev p2 vid 10',
  ],
  [
    'a tag that nobody takes',
    filtering(['p1 10 pvid untagged', 'p2 10']),
    'p2',
    'p2 in sw sends VLAN 10 with its tag, and eth0 in ns2, behind it, has no VLAN device that takes it',
    'bridge -n sw vlan add dev p2 vid 10 pvid untagged',
  ],
])('bridge-vlan-filtered names %s', (_, host, device, what, command) => {
  const findings = findBy(bridgeVlanFiltered, host, ASK);
  expect(findings).toMatchObject([{ netns: 'sw', device, what }]);
  expect(findings[0]?.evidence).toMatchObject([{ command: ['bridge', '-n', 'sw', 'vlan', 'show', 'dev', device] }]);
  expect(commandsFor(host, findings[0])).toEqual([command]);
  expect(codesOf(host, ASK)).toEqual(['bridge-vlan-filtered']);
});

test('bridge-vlan-filtered repairs what it names, one port at a time', () => {
  const host = filtering(['p1 10 pvid untagged', 'p2 20 pvid untagged']);
  const [finding] = findBy(bridgeVlanFiltered, host, ASK);
  expect(finding?.repairs.map(({ intent }) => intent)).toEqual(['Put p2 into VLAN 10', 'Put p1 into VLAN 20']);
  for (const repair of finding?.repairs ?? []) expect(endOf(after(host, repair), ASK)).toBe('answered');
});

test('bridge-vlan-filtered names a port whose PVID differs from what goes out there without a tag', () => {
  const host = filtering(['p1 10 pvid untagged', 'p2 10 untagged', 'p2 20 pvid untagged']);
  const [finding] = findBy(bridgeVlanFiltered, host, ASK);
  expect(finding).toMatchObject({ device: 'p2', what: expect.stringContaining('its PVID differs') });
  expect(commandsFor(host, finding)).toEqual(['bridge -n sw vlan add dev p2 vid 10 pvid untagged']);
  expect(endOf(after(host, finding?.repairs[0]), ASK)).toBe('answered');
});

test('bridge-vlan-filtered names the bridge itself where its own namespace is not in the VLAN', () => {
  const host = filtering(['p1 10 pvid untagged', 'br0 1 pvid untagged'], UNTAGGED, {
    br0: { addresses: ['10.0.0.254/24'] },
  });
  const [finding] = findBy(bridgeVlanFiltered, host, 'ns1 10.0.0.254');
  expect(finding).toMatchObject({ netns: 'sw', device: 'br0' });
  expect(commandsFor(host, finding)).toEqual(['bridge -n sw vlan add dev br0 vid 10 pvid untagged self']);
  expect(endOf(after(host, finding?.repairs[0]), 'ns1 10.0.0.254')).toBe('answered');
});

test.each([
  ['both ports are in the VLAN', filtering(ACCESS_10), ASK],
  ['a trunk leads to a VLAN device', filtering(['p1 10 pvid untagged', 'p2 10'], TAGGED), ASK],
  [
    'the bridge has a VLAN device of its own',
    filtering([...ACCESS_10, 'br0 10'], UNTAGGED, {
      br0: {},
      'br0.10': { kind: 'vlan', addresses: ['10.0.0.254/24'], detail: { lower: 'sw:br0', id: 10 } },
    }),
    'ns1 10.0.0.254',
  ],
])('bridge-vlan-filtered is silent when %s', (_, host, question) => {
  expect(endOf(host, question)).toBe('answered');
  expect(findBy(bridgeVlanFiltered, host, question)).toEqual([]);
});
