import { expect, test } from 'vitest';
import { addressIsBroadcast } from '../../../src/faults/rules/address-is-broadcast.ts';
import { after, commandsFor, endOf, findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('address-is-broadcast says that the last address of the network means everybody', () => {
  const host = pair();
  const findings = findBy(addressIsBroadcast, host, 'ns1 10.0.0.255');
  expect(findings).toMatchObject([{ code: 'address-is-broadcast', netns: 'ns1', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('address-is-broadcast widens a prefix that the neighbour has wider', () => {
  const host = pair({ veth0: { addresses: ['10.0.0.1/25'] }, veth1: { addresses: ['10.0.0.127/24'] } });
  const findings = findBy(addressIsBroadcast, host, 'ns1 10.0.0.127');
  expect(commandsFor(host, findings[0])).toEqual([
    'ip -n ns1 addr add 10.0.0.1/24 dev veth0',
    'ip -n ns1 addr del 10.0.0.1/25 dev veth0',
  ]);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'ns1 10.0.0.127')).toBe('answered');
});

test('address-is-broadcast is silent about a host address in the same network', () => {
  expect(findBy(addressIsBroadcast, pair(), 'ns1 10.0.0.77')).toEqual([]);
});
