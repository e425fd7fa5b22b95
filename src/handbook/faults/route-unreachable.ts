/**
 * The page of `nsdiag explain route-unreachable`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const routeUnreachable: Page = {
  code: 'route-unreachable',
  group: 'routing',
  what: 'A route of type unreachable matches first: the packet is answered with ICMP host unreachable.',
  linux: [
    'The longest prefix wins, whatever its type. unreachable answers what is forwarded with host unreachable, and fails what is sent locally with "No route to host" (net/ipv4/fib_semantics.c: fib_props[]). As a way back it is silence: the answer is never sent. A source that only such a route leads back to is refused as well (fib_validate_source()).',
  ],
  look: [
    { run: 'ip -n NS route show table all type unreachable', shows: '"unreachable", its prefix and table' },
    { run: 'ip -n NS route get SRC', shows: '"No route to host"' },
  ],
  fix: [{ run: 'ip -n NS route del unreachable PREFIX', does: 'the next best route takes over' }],
  confused: [
    { code: 'no-route', tell: 'Network is unreachable, not No route to host' },
    { code: 'rule-unreachable', tell: 'ip rule show has the word' },
    { code: 'neighbor-unresolved', tell: 'Destination Host Unreachable comes seconds later' },
  ],
};
