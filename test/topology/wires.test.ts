import { expect, test } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { endsOf, type Wire, wiresOf } from '../../src/topology/wires.ts';
import { hostOf } from '../helpers/build-host.ts';
import { bridged, overlay, stacked } from './worlds.ts';

function shown(host: Host): readonly string[] {
  return wiresOf(host).map((wire) => `${wire.kind} ${ends(wire)}`);
}

function ends(wire: Wire): string {
  return endsOf(wire)
    .map(({ netns, device }) => `${netns}:${device}`)
    .join(' ');
}

test('wiresOf() tells each veth pair once, each port, and what leads out', () => {
  expect(shown(bridged())).toEqual([
    'outside host:eth0',
    'port host:p1 host:br0',
    'veth host:p1 ns1:eth0',
    'port host:p2 host:br0',
    'veth host:p2 ns2:eth0',
  ]);
});

test('wiresOf() tells what stands on another device, in whichever namespace', () => {
  expect(shown(stacked())).toEqual(['outside host:eth0', 'stacked host:eth0.7 host:eth0', 'stacked c1:mv0 host:eth0']);
});

test('wiresOf() leads a tunnel to who has the remote address, and tells it once for both ends', () => {
  expect(wiresOf(overlay()).filter(({ kind }) => kind === 'tunnel')).toMatchObject([
    { from: { netns: 'm1' }, to: { netns: 'm2', device: 'vx0' }, remote: '192.168.0.2', back: '192.168.0.1' },
  ]);
});

test.each([
  ['VNI', { vni: 7 }],
  ['port', { dstPort: 8472 }],
])('wiresOf() leaves a tunnel open whose far end has another %s, and names who has the address', (_, far) => {
  expect(wiresOf(overlay(far)).filter(({ kind }) => kind === 'open-tunnel')).toMatchObject([
    { from: { netns: 'm1' }, holder: { netns: 'm2', device: 'eth0' } },
    { from: { netns: 'm2' }, holder: { netns: 'm1', device: 'eth0' } },
  ]);
});

test('wiresOf() leaves a tunnel open to whom nobody has the address of', () => {
  const [wire] = wiresOf(overlay({ remote: '203.0.113.9' })).filter(({ kind }) => kind === 'open-tunnel');
  expect(wire).toMatchObject({ from: { netns: 'm2' }, remote: '203.0.113.9', holder: undefined });
});

test('wiresOf() tells of a far end in a namespace that was not found by the numbers of the kernel', () => {
  const host = hostOf({ ns1: { links: { veth0: { peer: 'unseen' } } } });
  expect(wiresOf(host)).toMatchObject([{ kind: 'unseen', from: { device: 'veth0' }, ifindex: 99 }]);
});

test('wiresOf() tells nothing of kinds that nobody knows the far end of', () => {
  expect(wiresOf(hostOf({ ns1: { links: { wg0: { kind: 'wireguard' }, d0: { kind: 'dummy' } } } }))).toEqual([]);
});
