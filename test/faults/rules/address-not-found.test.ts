import { expect, test } from 'vitest';
import { addressNotFound } from '../../../src/faults/rules/address-not-found.ts';
import { findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('address-not-found says who is on the wire', () => {
  const host = pair();
  const findings = findBy(addressNotFound, host, 'ns1 10.0.0.77');
  expect(findings).toMatchObject([{ code: 'address-not-found', netns: 'ns1', device: 'veth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('address-not-found is silent when the address has an owner that does not answer', () => {
  expect(findBy(addressNotFound, pair({ veth1: { noArp: true } }), 'ns1 10.0.0.2')).toEqual([]);
});
