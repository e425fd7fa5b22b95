/**
 * The page of `nsdiag explain rule-prohibit`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const ruleProhibit: Page = {
  code: 'rule-prohibit',
  group: 'routing',
  what: 'A policy rule of action prohibit matches before any table is asked: administratively prohibited.',
  linux: [
    'Rules are asked by priority, the smallest number first. prohibit answers what is forwarded with ICMP type 3 code 13, and fails what is sent locally with "Permission denied" (net/core/fib_rules.c: fib_rules_lookup(), EACCES; ip-rule(8)).',
  ],
  look: [
    { run: 'ip -n NS rule show', shows: '"prohibit", behind its priority and selector' },
    {
      run: 'ip -n NS route get DST from SRC iif IIF',
      shows: '"Permission denied"; without from and iif a rule about forwarded packets does not show',
    },
  ],
  fix: [{ run: 'ip -n NS rule del priority PRIO', does: 'somebody wanted it: ask who' }],
  confused: [
    { code: 'route-prohibit', tell: 'a route has the type' },
    { code: 'firewall-reject', tell: 'a firewall answers with the same ICMP code' },
  ],
};
