/**
 * The page of `nsdiag explain route-prohibit`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const routeProhibit: Page = {
  code: 'route-prohibit',
  group: 'routing',
  what: 'A route of type prohibit matches first: the packet is answered with ICMP administratively prohibited.',
  linux: [
    'The longest prefix wins, whatever its type. prohibit answers what is forwarded with ICMP type 3 code 13, and fails what is sent locally with "Permission denied" (net/ipv4/fib_semantics.c: fib_props[]).',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"Permission denied"' },
    { run: 'ip -n NS route show table all type prohibit', shows: '"prohibit", its prefix and table' },
  ],
  fix: [{ run: 'ip -n NS route del prohibit PREFIX', does: 'somebody wanted it: ask who' }],
  confused: [
    { code: 'firewall-reject', tell: 'a firewall answers with the same ICMP code: see its counters' },
    { code: 'rule-prohibit', tell: 'ip rule show has the word' },
  ],
};
