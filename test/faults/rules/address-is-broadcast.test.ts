import { expect, test } from 'vitest';
import { addressIsBroadcast } from '../../../src/faults/rules/address-is-broadcast.ts';
import { findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('address-is-broadcast says that the last address of the network means everybody', () => {
  const host = pair();
  const findings = findBy(addressIsBroadcast, host, 'ns1 10.0.0.255');
  expect(findings).toMatchObject([{ code: 'address-is-broadcast', netns: 'ns1', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('address-is-broadcast is silent about a host address in the same network', () => {
  expect(findBy(addressIsBroadcast, pair(), 'ns1 10.0.0.77')).toEqual([]);
});
