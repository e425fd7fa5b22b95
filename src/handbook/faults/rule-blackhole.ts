/**
 * The page of `nsdiag explain rule-blackhole`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const ruleBlackhole: Page = {
  code: 'rule-blackhole',
  group: 'routing',
  what: 'A policy rule of action blackhole matches before any table is asked: the packet is dropped in silence.',
  linux: [
    'Rules are asked by priority, the smallest number first, and a rule with an action of its own ends the search (net/core/fib_rules.c: fib_rules_lookup(); ip-rule(8)). ip route shows nothing of it.',
  ],
  look: [
    { run: 'ip -n NS rule show', shows: '"blackhole", behind its priority and selector' },
    { run: 'ip -n NS route get DST', shows: '"Invalid argument", and not a word about the rule' },
  ],
  fix: [{ run: 'ip -n NS rule del priority PRIO', does: 'deletes the first rule of that priority' }],
  confused: [
    { code: 'route-blackhole', tell: 'the rule names a table, and a route in it has the type' },
    { code: 'policy-rule', tell: 'the rule leads to a table' },
    { code: 'firewall-drop', tell: 'neither rule nor route' },
  ],
};
