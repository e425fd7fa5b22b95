import { expect, test } from 'vitest';
import { interfaceNoarp } from '../../../src/faults/rules/interface-noarp.ts';
import { codesOf, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('interface-noarp switches ARP on for the owner', () => {
  const host = pair({ veth1: { noArp: true } });
  const findings = findBy(interfaceNoarp, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'interface-noarp', netns: 'ns2', device: 'veth1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns2 link set dev veth1 arp on']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test("interface-noarp is silent when ARP is on and the address is nobody's", () => {
  expect(findBy(interfaceNoarp, pair(), 'ns1 10.0.0.77')).toEqual([]);
});

test('interface-noarp finds who sends to its own MAC because it does not ask', () => {
  const host = pair({ veth0: { noArp: true } });
  expect(endOf(host, 'ns1 10.0.0.2')).toBe('request: mac-unowned in ns1');
  expect(findBy(interfaceNoarp, host, 'ns1 10.0.0.2')).toMatchObject([{ netns: 'ns1', device: 'veth0' }]);
  expect(codesOf(host, 'ns1 10.0.0.2')).toEqual(['interface-noarp']);
});
