/**
 * The page of `nsdiag explain gateway-unreachable`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const gatewayUnreachable: Page = {
  code: 'gateway-unreachable',
  group: 'routing',
  what: 'The next hop of the route is not there: nobody on the wire has the address.',
  linux: [
    'The neighbour that is asked for is the gateway, not the destination (net/ipv4/ip_output.c: ip_finish_output2()). A gateway has to be on a connected network when the route is added, else "Nexthop has invalid gateway"; onlink skips that check. Nobody checks that it exists.',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"via GW"' },
    { run: 'ip -n NS neigh show to GW', shows: '"FAILED" or "INCOMPLETE"' },
  ],
  fix: [{ run: 'ip -n NS route replace PREFIX via GW dev DEV', does: 'with the address of the router that is there' }],
  confused: [
    { code: 'address-not-found', tell: 'the destination itself is asked for' },
    { code: 'wrong-gateway', tell: 'the gateway answers ARP, and does not lead there' },
    { code: 'no-route', tell: 'there is no route at all' },
  ],
};
