import { expect, test } from 'vitest';
import { duplicateMac } from '../../../src/faults/rules/duplicate-mac.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { bridged, pair } from '../worlds.ts';

const TWIN = { mac: '52:54:00:aa:bb:cc' };

test('duplicate-mac gives one of two devices on a bridge another MAC', () => {
  const host = bridged({ eth1: TWIN, eth2: TWIN });
  const findings = findBy(duplicateMac, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'duplicate-mac', netns: 'ns2', device: 'eth0', leg: 'request' }]);
  expect(findings[0]?.evidence).toHaveLength(2);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns2 link set dev eth0 address 52:54:00:aa:bb:01']);
  for (const repair of findings[0]?.repairs ?? []) {
    expect(endOf(after(host, repair), 'ns1 10.0.0.2')).toBe('answered');
  }
  expect(codesOf(host, 'ns1 10.0.0.2')).toEqual(['duplicate-mac']);
});

test('duplicate-mac is silent about a pair without a bridge, which does not mind', () => {
  const host = pair({ veth0: TWIN, veth1: TWIN });
  expect(endOf(host, 'ns1 10.0.0.2')).toBe('answered');
  expect(findBy(duplicateMac, host, 'ns1 10.0.0.2')).toEqual([]);
});

test('duplicate-mac is silent where the port does not learn, and so floods', () => {
  const host = bridged({
    eth1: TWIN,
    eth2: TWIN,
    p1: { port: { learning: false } },
    p2: { port: { learning: false } },
  });
  expect(endOf(host, 'ns1 10.0.0.2')).toBe('answered');
  expect(findBy(duplicateMac, host, 'ns1 10.0.0.2')).toEqual([]);
});

test('duplicate-mac is silent when something else holds the frame back', () => {
  expect(findBy(duplicateMac, bridged({ eth2: { up: false } }), 'ns1 10.0.0.2')).toEqual([]);
});
