import { expect, test } from 'vitest';
import { dadFailed } from '../../../src/faults/rules/dad-failed.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('dad-failed adds the address again, without detection', () => {
  const host = pair({ veth1: { addresses: ['fd00::2/64 tentative dadfailed'] } });
  const findings = findBy(dadFailed, host, 'ns1 fd00::2');
  expect(findings).toMatchObject([{ code: 'dad-failed', netns: 'ns2', device: 'veth1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip -n ns2 addr del fd00::2/64 dev veth1',
    'ip -n ns2 addr add fd00::2/64 dev veth1 nodad',
  ]);
  expect(isProgress(host, 'ns1 fd00::2', findings[0])).toBe(true);
});

test('dad-failed is silent when the address is in use', () => {
  expect(findBy(dadFailed, pair(), 'ns1 fd00::77')).toEqual([]);
});
