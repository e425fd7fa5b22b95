import { expect, test } from 'vitest';
import { ruleBlackhole } from '../../../src/faults/rules/rule-blackhole.ts';
import { codesOf, commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('rule-blackhole deletes the policy rule with the action blackhole', () => {
  const host = pair({ ns1: { rules: ['100: from all to 10.0.0.2 blackhole'] } });
  const findings = findBy(ruleBlackhole, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'rule-blackhole', netns: 'ns1', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 rule del pref 100']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('rule-blackhole is silent about such a rule for another destination', () => {
  expect(
    findBy(
      ruleBlackhole,
      pair({ ns1: { rules: ['100: from all to 10.0.0.3 blackhole'] }, veth1: { up: false } }),
      'ns1 10.0.0.2',
    ),
  ).toEqual([]);
});

test('rule-blackhole is named where only the search for a way back meets the rule', () => {
  const rules = ['100: from all to 10.0.0.1 blackhole'];
  const host = pair({ ns2: { rules, sysctls: { 'net/ipv4/conf/all/rp_filter': 2 } } });
  expect(codesOf(host, 'ns1 10.0.0.2')).toEqual(['rule-blackhole']);
  const [finding] = findBy(ruleBlackhole, host, 'ns1 10.0.0.2');
  expect(finding).toMatchObject({ netns: 'ns2', leg: 'request' });
  expect(finding?.what).toContain('the way back to it meets the policy rule');
  expect(commandsFor(host, finding)).toEqual(['ip -n ns2 rule del pref 100']);
  expect(isProgress(host, 'ns1 10.0.0.2', finding)).toBe(true);
});

test('rule-blackhole is met by the answer where nothing validates sources', () => {
  const host = pair({ ns2: { rules: ['100: from all to 10.0.0.1 blackhole'] } });
  expect(findBy(ruleBlackhole, host, 'ns1 10.0.0.2')).toMatchObject([{ netns: 'ns2', leg: 'reply' }]);
});
