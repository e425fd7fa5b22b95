/**
 * The page of `nsdiag explain rule-unreachable`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const ruleUnreachable: Page = {
  code: 'rule-unreachable',
  group: 'routing',
  what: 'A policy rule of action unreachable matches before any table is asked. Kill switches of VPNs are made of it.',
  linux: [
    'Rules are asked by priority, the smallest number first. unreachable answers what is forwarded with ICMP, and fails what is sent locally (net/core/fib_rules.c: fib_rules_lookup(), ENETUNREACH; ip-rule(8)).',
  ],
  look: [
    { run: 'ip -n NS rule show', shows: '"unreachable", behind its priority and selector' },
    { run: 'ip -n NS route get DST', shows: '"Network is unreachable", although ip route has a way' },
  ],
  fix: [
    {
      run: 'ip -n NS rule del priority PRIO',
      does: 'traffic that the kill switch holds back leaves by the ordinary way',
    },
  ],
  confused: [
    { code: 'no-route', tell: 'no rule has the word, and no table a route' },
    { code: 'route-unreachable', tell: 'a route has the type' },
  ],
};
