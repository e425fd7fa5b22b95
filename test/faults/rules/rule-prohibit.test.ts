import { expect, test } from 'vitest';
import { ruleProhibit } from '../../../src/faults/rules/rule-prohibit.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('rule-prohibit deletes the policy rule with the action prohibit', () => {
  const host = pair({ ns1: { rules: ['100: from all to 10.0.0.2 prohibit'] } });
  const findings = findBy(ruleProhibit, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'rule-prohibit', netns: 'ns1', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 rule del pref 100']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('rule-prohibit is silent about such a rule for another destination', () => {
  expect(
    findBy(
      ruleProhibit,
      pair({ ns1: { rules: ['100: from all to 10.0.0.3 prohibit'] }, veth1: { up: false } }),
      'ns1 10.0.0.2',
    ),
  ).toEqual([]);
});
