/**
 * The page of `nsdiag explain route-throw`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const routeThrow: Page = {
  code: 'route-throw',
  group: 'routing',
  what: 'A route of type throw matches first: the search in this table ends, and no later table has a route.',
  linux: [
    'throw means: as if this table had no route. The next rule goes on, and after the last one the packet is refused with "Network is unreachable" (net/ipv4/fib_semantics.c: fib_props[], EAGAIN). In table main only table default comes after, and that is empty as made.',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"Network is unreachable", although a default route exists' },
    { run: 'ip -n NS route show table all type throw', shows: '"throw", its prefix and table' },
    { run: 'ip -n NS rule show', shows: 'which tables come after it: "lookup default"' },
  ],
  fix: [{ run: 'ip -n NS route del throw PREFIX', does: 'traffic of that prefix uses this table again' }],
  confused: [
    { code: 'no-route', tell: 'no throw route stands before' },
    { code: 'policy-rule', tell: 'another table answers, with a route that leads elsewhere' },
  ],
};
