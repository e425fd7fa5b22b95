/**
 * The page of `nsdiag explain policy-rule`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const policyRule: Page = {
  code: 'policy-rule',
  group: 'routing',
  what: 'A policy rule sends the packet to a table that has a route for it, and the wrong one. Table main has the right one and is never asked.',
  linux: [
    'The first rule whose table has any route decides, a default route included (net/core/fib_rules.c: fib_rules_lookup(); ip-rule(8)). A table for an uplink therefore needs the local networks too, or a rule with suppress_prefixlength 0 before it. ip route shows table main alone.',
  ],
  look: [
    { run: 'ip -n NS rule show', shows: '"lookup TABLE" with a smaller number than main\'s 32766' },
    { run: 'ip -n NS route show table TABLE', shows: '"default": it catches everything' },
    { run: 'ip -n NS route get DST from SRC iif IIF', shows: '"table TABLE": where the packet really goes' },
  ],
  fix: [
    { run: 'ip -n NS route add PREFIX dev DEV table TABLE', does: 'what local networks the table lacks' },
    {
      run: 'ip -n NS rule add lookup main suppress_prefixlength 0 priority PRIO',
      does: 'asks main first, for everything but its default route',
    },
  ],
  confused: [
    { code: 'wrong-route', tell: 'the same inside of one table' },
    { code: 'rule-prohibit', tell: 'the rule refuses by itself' },
    { code: 'conntrack-invalid', tell: 'the answer goes by another firewall because of such a rule' },
  ],
};
