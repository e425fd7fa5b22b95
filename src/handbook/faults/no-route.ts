/**
 * The page of `nsdiag explain no-route`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const noRoute: Page = {
  code: 'no-route',
  group: 'routing',
  what: 'No route leads to the destination; in the other direction: none leads back, and the answer dies far from where you ask.',
  linux: [
    'Each packet is looked up anew, also every answer, by the tables of the namespace that it is in (net/ipv4/fib_frontend.c: fib_lookup(); ip-route(8)). The sender gets "Network is unreachable" from its own kernel; a router on the way sends ICMP net unreachable, if it has a way back.',
    'No way back is silence: the host that should answer has nobody to tell.',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"Network is unreachable"' },
    { run: 'ip -n NS route show', shows: 'what there is in table main; no "default"' },
    { run: 'ip -n NS rule show', shows: '"lookup main", and the other tables that are asked' },
  ],
  fix: [
    { run: 'ip -n NS route add PREFIX via GW', does: 'GW has to be on a connected network' },
    { run: 'ip -n NS route add default via GW', does: 'the same for all the rest' },
  ],
  confused: [
    { code: 'link-down', tell: 'the route is gone because its interface is down' },
    { code: 'no-address', tell: 'the connected route is missing with its address' },
    { code: 'policy-rule', tell: 'another table answers before main' },
    { code: 'nat-missing', tell: 'a private source towards the outside: translate it rather than teach the outside' },
  ],
};
