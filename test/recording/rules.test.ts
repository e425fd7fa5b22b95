import { expect, test } from 'vitest';
import type { PolicyRule } from '../../src/host/route.ts';
import { rulesOf } from '../../src/recording/rules.ts';
import { rule } from '../helpers/iproute-text.ts';
import { fixture, namespaceOf, namespaceWith, valueIn } from './recorded.ts';

const RECORDED = valueIn(rulesOf(namespaceOf(fixture('odd-router'), 'router')));

function recorded(priority: number): PolicyRule | undefined {
  return RECORDED.find((each) => each.priority === priority && each.family === 'inet');
}

test.each([
  '0: from all lookup local',
  '5: from all to 10.2.0.0/24 lookup main',
  '6: not from 10.1.0.0/16 to 10.3.0.0/16 lookup 100',
  '7: from all fwmark 0x10 lookup 100',
  '8: from all fwmark 0x10/0xff lookup 100',
  '9: from all iif l0 lookup 100',
  '10: from all oif r0 lookup 100',
  '11: from all iif nosuch lookup 100',
  '12: from all lookup main suppress_prefixlength 0',
  '13: from all goto 20',
  '20: from all nop',
  '21: from 10.9.0.0/16 blackhole',
  '22: from 10.9.0.1 unreachable',
  '23: from all to 10.9.0.1 prohibit',
  '24: from all ipproto tcp dport 80 lookup 100',
  '25: from all ipproto udp sport 1000-2000 lookup 100',
  '27: from all tos 0x10 lookup 100',
  '31: from all lookup 100 proto bird',
  '32767: from all lookup default',
])('rulesOf() reads what `ip rule` printed for "%s"', (text) => {
  expect(recorded(Number.parseInt(text, 10))).toEqual(rule(text, 'inet'));
});

test('rulesOf() reads IPv6 rules after those of IPv4, as they are asked', () => {
  expect(RECORDED.filter(({ family }) => family === 'inet6')).toEqual([
    rule('0: from all lookup local', 'inet6'),
    rule('40: not from fd00::1 to fd00:1::/64 iif l0 lookup 100', 'inet6'),
    rule('32766: from all lookup main', 'inet6'),
  ]);
  expect(RECORDED.findIndex(({ family }) => family === 'inet6')).toBe(RECORDED.length - 3);
});

test.each([
  [26, ['uid_start 0', 'uid_end 1000']],
  [28, ['an action that is not known', 'l3mdev']],
  [29, ['suppress_ifgroup 5']],
])('rulesOf() names what is not modelled of rule %i', (priority, unmodelled) => {
  expect(recorded(priority)?.unmodelled).toEqual(unmodelled);
});

test('rulesOf() takes a goto to no rule for none: the kernel passes over it', () => {
  expect(recorded(30)?.action).toEqual({ kind: 'nop' });
});

test('rulesOf() keeps a selector of a newer iproute2 as not modelled, so that the rule is not one for everybody', () => {
  const row = '[{"priority":9,"src":"all","dscp":"af11","table":"100","protocol":"0"}]';
  const [only] = valueIn(rulesOf(namespaceWith({ rule4: row, rule6: '[]' })));

  expect(only?.unmodelled).toEqual(['dscp af11']);
});

test('rulesOf() keeps a protocol that it has no number for as not modelled', () => {
  const row = '[{"priority":9,"src":"all","ipproto":"ospf","table":"100"}]';

  expect(valueIn(rulesOf(namespaceWith({ rule4: row, rule6: '[]' })))[0]?.unmodelled).toEqual(['ipproto ospf']);
});

test('rulesOf() is unknown when a table has only a name: its number is not known here', () => {
  const rules = rulesOf(namespaceWith({ rule4: '[{"priority":9,"src":"all","table":"vpn"}]', rule6: '[]' }));

  expect(rules).toMatchObject({ known: false, why: expect.stringMatching(/0\.table: .*number is not known/) });
});

test('rulesOf() is unknown when the rules of one family could not be read', () => {
  const rules = rulesOf(namespaceWith({ rule4: '[]', rule6: { exitCode: 2, stderr: 'Dump terminated' } }));

  expect(rules).toEqual({ known: false, why: '"ip rule6" ended with exit code 2: Dump terminated' });
});

test('rulesOf() finds no IPv6 rules in a kernel without IPv6', () => {
  const stderr = 'RTNETLINK answers: Address family not supported by protocol\nDump terminated';

  expect(valueIn(rulesOf(namespaceWith({ rule4: '[]', rule6: { exitCode: 1, stderr } })))).toEqual([]);
});
