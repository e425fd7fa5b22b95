import { expect, test } from 'vitest';
import { known, unknown } from '../../src/host/fact.ts';
import type { DeviceName } from '../../src/host/link.ts';
import { neighborsOf } from '../../src/recording/neighbors.ts';
import { fixture, namespaceOf, namespaceWith, valueIn } from './recorded.ts';

const DEVICES = known(['l0', 'r0'] as DeviceName[], { command: [] });

function recorded(address: string) {
  const all = valueIn(neighborsOf(namespaceOf(fixture('odd-router'), 'router'), DEVICES));
  return all.filter((each) => each.address === address);
}

test.each([
  ['10.0.2.2', 'permanent', '02:00:00:00:00:22'],
  ['10.0.2.4', 'noarp', '02:00:00:00:00:24'],
  ['10.0.2.7', 'failed', undefined],
  ['10.0.2.8', 'none', undefined],
  ['fd00:2::5', 'permanent', '02:00:00:00:00:25'],
])('neighborsOf() reads %s as %s', (address, state, mac) => {
  expect(recorded(address)).toEqual([
    { family: address.includes(':') ? 'inet6' : 'inet', address, device: 'r0', mac, state, proxy: false },
  ]);
});

test('neighborsOf() reads addresses that are answered for, on one device and on all of them', () => {
  const proxy = { mac: undefined, state: 'none', proxy: true };

  expect(recorded('10.0.2.99')).toEqual([{ family: 'inet', address: '10.0.2.99', device: 'r0', ...proxy }]);
  expect(recorded('fd00:2::99')).toEqual([{ family: 'inet6', address: 'fd00:2::99', device: 'r0', ...proxy }]);
  expect(recorded('10.0.2.98').map(({ device }) => device)).toEqual(['l0', 'r0']);
});

test('neighborsOf() leaves out the entries that the kernel keeps for groups', () => {
  const all = valueIn(neighborsOf(namespaceOf(fixture('odd-router'), 'router'), DEVICES));

  expect(all.length).toBeGreaterThan(5);
  expect(all.filter(({ address }) => address.startsWith('ff') || address.startsWith('224.'))).toEqual([]);
});

test('neighborsOf() is unknown when an entry is for all devices and nobody knows them', () => {
  const proxies = '[{"dst":"10.0.0.1","proxy":null}]';
  const neighbors = neighborsOf(namespaceWith({ neigh: '[]', 'neigh-proxy': proxies }), unknown('ip is not installed'));

  expect(neighbors).toEqual({ known: false, why: 'ip is not installed' });
});
