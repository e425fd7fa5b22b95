import { expect, test } from 'vitest';
import { among, narrowed, topologyOf } from '../../src/topology/topology.ts';
import { hostOf, netnsName } from '../helpers/build-host.ts';
import { crowd, stacked } from './worlds.ts';

test('topologyOf() puts the namespace that nsdiag runs in first, and ns2 before ns10', () => {
  const names = topologyOf(crowd(12)).places.map(({ netns }) => netns.name);
  expect([names[0], names[2], names[11]]).toEqual(['host', 'ns2', 'ns11']);
});

test('topologyOf() shows a loopback only where it is odd or has an address of its own', () => {
  const host = hostOf({
    a: { links: { lo: { up: false } } },
    b: { links: { lo: { addresses: ['127.0.0.1/8', '10.9.9.9/32'] } } },
    c: { links: { d: { kind: 'dummy', addresses: ['10.0.0.1/24'] } } },
  });
  expect(topologyOf(host).places.map(({ devices }) => devices.map(({ name }) => name))).toEqual([
    ['lo'],
    ['lo'],
    ['d'],
  ]);
});

test('narrowed() keeps the wires that lead out of what is shown', () => {
  const shown = narrowed(topologyOf(crowd(5)), new Set([netnsName('ns1')]));
  expect(shown.wires.map(({ kind }) => kind)).toEqual(['veth']);
  expect(shown.looked.namespaces).toBe(6);
});

test('among() leaves out ports to other namespaces, and every wire out of what is shown', () => {
  const shown = among(topologyOf(crowd(50)), new Set(['host', 'ns1', 'ns2'].map(netnsName)));

  expect(shown.places[0]?.devices.map(({ name }) => name)).toEqual(['br0', 'p1', 'p2']);
  expect(shown.wires).toHaveLength(4);
});

test('among() keeps what leads outside', () => {
  const shown = among(topologyOf(stacked()), new Set([netnsName('host')]));
  expect(shown.wires.map(({ kind }) => kind)).toEqual(['outside', 'stacked']);
});
