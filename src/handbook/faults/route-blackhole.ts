/**
 * The page of `nsdiag explain route-blackhole`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const routeBlackhole: Page = {
  code: 'route-blackhole',
  group: 'routing',
  what: 'A route of type blackhole matches first: the packet is dropped without an answer.',
  linux: [
    'The longest prefix wins, whatever its type. A blackhole drops what is forwarded in silence, and what is sent locally fails with "Invalid argument" (net/ipv4/fib_semantics.c: fib_props[]; ip-route(8)). Kill switches of VPNs leave them, Calico has them for its own blocks on purpose.',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"Invalid argument"' },
    { run: 'ip -n NS route show table all type blackhole', shows: '"blackhole", its prefix and table' },
  ],
  fix: [{ run: 'ip -n NS route del blackhole PREFIX', does: 'who made it may make it again: "proto" says who' }],
  confused: [
    { code: 'firewall-drop', tell: 'the same silence, by a rule' },
    { code: 'rule-blackhole', tell: 'ip rule show has the word' },
    { code: 'no-route', tell: 'an error is answered' },
  ],
};
