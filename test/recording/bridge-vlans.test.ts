import { expect, test } from 'vitest';
import { bridgeVlansOf } from '../../src/recording/bridge-vlans.ts';
import { namespaceWith, valueIn } from './recorded.ts';

/** Composed after what iproute2 prints on other kernels: the one that these tests run on has no VLAN filtering. */
const PRINTED =
  '[{"ifname":"p1","vlans":[{"vlan":10,"flags":["PVID","Egress Untagged"]},{"vlan":20,"vlanEnd":22}]},' +
  '{"ifname":"br0","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]}]}]';

test('bridgeVlansOf() reads PVID, untagged, tagged, and ranges', () => {
  expect(valueIn(bridgeVlansOf(namespaceWith({ vlan: PRINTED })))).toEqual([
    { device: 'p1', vid: 10, pvid: true, untagged: true },
    { device: 'p1', vid: 20, pvid: false, untagged: false },
    { device: 'p1', vid: 21, pvid: false, untagged: false },
    { device: 'p1', vid: 22, pvid: false, untagged: false },
    { device: 'br0', vid: 1, pvid: true, untagged: true },
  ]);
});

test.each([
  ['nobody looked', {}],
  ['an old iproute2 printed a mapping', { vlan: '{"p1":[{"vlan":10}]}' }],
  ['a VLAN is no VLAN', { vlan: '[{"ifname":"p1","vlans":[{"vlan":4096}]}]' }],
])('bridgeVlansOf() is unknown where %s', (_, outputs) => {
  expect(bridgeVlansOf(namespaceWith(outputs)).known).toBe(false);
});
