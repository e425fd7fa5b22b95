import { expect, test } from 'vitest';
import { addressNotFound } from '../../../src/faults/rules/address-not-found.ts';
import { codesOf, findBy } from '../diagnose.ts';
import { chain, pair } from '../worlds.ts';

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

test('address-not-found says that an address is nowhere, instead of what is wrong on the way there', () => {
  const routed = chain({ r1: { sysctls: { 'net/ipv4/ip_forward': 0 } } });
  expect(codesOf(routed, 'ns1 10.0.9.9')).toEqual(['address-not-found']);
  expect(findBy(addressNotFound, routed, 'ns1 10.0.9.9')).toMatchObject([{ netns: 'ns1', repairs: [] }]);
});

test('address-not-found is silent when the address may be outside, or yet be given to somebody', () => {
  const uplink = pair({
    ns2: { links: { veth1: { addresses: ['10.0.0.2/24'] }, wan: { kind: 'physical', addresses: ['192.0.2.1/24'] } } },
  });
  expect(findBy(addressNotFound, uplink, 'ns1 10.0.9.9')).toEqual([]);
  expect(findBy(addressNotFound, pair({ veth1: { addresses: [] } }), 'ns1 10.0.9.9')).toEqual([]);
  expect(findBy(addressNotFound, pair({ veth1: { up: false } }), 'ns1 10.0.9.9')).toEqual([]);
});
