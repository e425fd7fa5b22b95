import { expect, test } from 'vitest';
import { loDown } from '../../../src/faults/rules/lo-down.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('lo-down names lo for an address of the namespace itself', () => {
  const host = pair({
    ns1: { links: { lo: { up: false }, veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'] } } },
  });
  const findings = findBy(loDown, host, 'ns1 10.0.0.1');
  expect(findings).toMatchObject([{ code: 'lo-down', netns: 'ns1', device: 'lo', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 link set dev lo up']);
  expect(isProgress(host, 'ns1 10.0.0.1', findings[0])).toBe(true);
});

test('lo-down is silent when lo is down and the destination is elsewhere', () => {
  expect(
    findBy(
      loDown,
      pair({ ns1: { links: { lo: { up: false }, veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'] } } } }),
      'ns1 10.9.9.9',
    ),
  ).toEqual([]);
});
