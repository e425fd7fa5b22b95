/**
 * The page of `nsdiag explain wrong-route`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const wrongRoute: Page = {
  code: 'wrong-route',
  group: 'routing',
  what: 'A route wins over the right one and leads elsewhere: it is more specific, or has the lower metric.',
  linux: [
    'The longest prefix first, whatever its metric; of one prefix the lowest metric (net/ipv4/fib_trie.c: fib_table_lookup()). A route without metric has 0 and wins in IPv4; in IPv6 it has 1024. DHCP clients, VPNs and a second uplink bring such routes.',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"via" the wrong gateway' },
    {
      run: 'ip -n NS route show match DST',
      shows: 'every route that fits, the widest first: "default" and narrower ones',
    },
    { run: 'ip -n NS route show cache', shows: 'what an ICMP redirect has taught, where there is one: nothing' },
  ],
  fix: [{ run: 'ip -n NS route del PREFIX via GW', does: 'what else used it takes the wider route' }],
  confused: [
    { code: 'policy-rule', tell: 'the route is in another table' },
    { code: 'wrong-gateway', tell: 'the route is the only one, its gateway is no router' },
    { code: 'routing-loop', tell: 'it leads back to where the packet came from' },
  ],
};
