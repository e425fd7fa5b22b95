/**
 * The page of `nsdiag explain wrong-gateway`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const wrongGateway: Page = {
  code: 'wrong-gateway',
  group: 'routing',
  what: 'The next hop exists, and is no way to the destination: it does not forward, has no route there, or sends the packet back.',
  linux: [
    'Whoever is the next hop gets the frame and decides by its own tables (net/ipv4/route.c: ip_route_input_slow()). A host that does not forward drops it without a word.',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"via GW"' },
    { run: 'ip -n NS neigh show to GW', shows: '"lladdr": it answers ARP, so the wire is fine' },
    { run: 'ip netns exec NS ping -c 1 -W 2 GW', shows: '"0% packet loss": the next hop itself answers' },
  ],
  fix: [{ run: 'ip -n NS route replace PREFIX via GW', does: 'with the address of a router that knows the way' }],
  confused: [
    { code: 'gateway-unreachable', tell: 'nobody has the address' },
    { code: 'forwarding-off', tell: 'it is the right router, and its forwarding is off' },
    { code: 'wrong-route', tell: 'the right route exists and loses' },
  ],
};
