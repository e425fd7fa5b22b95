import { expect, test } from 'vitest';
import { noAddress } from '../../../src/faults/rules/no-address.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('no-address gives the interface the address that is asked for', () => {
  const host = pair({ veth1: { addresses: [] } });
  const findings = findBy(noAddress, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'no-address', netns: 'ns2', device: 'veth1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns2 addr add 10.0.0.2/24 dev veth1']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('no-address is silent when the other end has another address', () => {
  expect(findBy(noAddress, pair({ veth1: { addresses: ['10.0.0.3/24'] } }), 'ns1 10.0.0.2')).toEqual([]);
});
