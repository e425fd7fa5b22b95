/**
 * The page of `nsdiag explain routing-loop`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const routingLoop: Page = {
  code: 'routing-loop',
  group: 'routing',
  what: 'Routes lead the packet in a circle until its TTL runs out. traceroute shows the same routers again and again.',
  linux: [
    'Each router takes one from the TTL and drops the packet at zero with ICMP time exceeded (RFC 791 section 3.2; net/ipv4/ip_forward.c: ip_forward()). Two default routes that point at each other are enough: everything that neither knows goes round.',
  ],
  capture: 'The same packet, by its IP id, again and again with falling TTL, and time exceeded at the end.',
  look: [
    { run: 'ip netns exec FROM ping -c 1 -W 2 DST', shows: '"Time to live exceeded", from a router of the circle' },
    { run: 'ip -n NS route get DST', shows: '"via" the router that the packet came from' },
    {
      run: 'ip netns exec FROM ping -c 1 -W 2 -t 2 DST',
      shows: 'the router two hops away: raise -t and they repeat, "From"',
    },
  ],
  fix: [{ run: 'ip -n NS route replace PREFIX via GW', does: 'on the router that sends it back' }],
  confused: [
    { code: 'wrong-gateway', tell: 'the packet comes back once, to a host that does not forward' },
    { code: 'l2-loop', tell: 'frames go round on a switch, and their TTL stays' },
  ],
};
