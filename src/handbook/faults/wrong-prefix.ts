/**
 * The page of `nsdiag explain wrong-prefix`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const wrongPrefix: Page = {
  code: 'wrong-prefix',
  group: 'address',
  what: 'The prefix length is wrong. Too long, and the neighbour or the gateway is outside of the connected network; too short, and a remote network is taken for the wire.',
  linux: [
    'The connected route has the length of the address (net/ipv4/fib_frontend.c: fib_add_ifaddr()). ip addr add without a length makes a /32, or a /128: an address and no neighbours.',
    'The two ends of a wire may differ, and then one direction works: who believes the other to be near asks ARP, who does not uses a route.',
  ],
  look: [
    { run: 'ip -n NS addr show dev DEV', shows: '"inet ", and the length behind the slash; none means 32' },
    {
      run: 'ip -n NS route show dev DEV',
      shows: 'nothing for a /32 or a /128; else the connected route, with proto kernel',
    },
  ],
  fix: [
    { run: 'ip -n NS addr add ADDR/LEN dev DEV', does: 'first the right one, so that routes find their gateway' },
    {
      run: 'ip -n NS addr del ADDR/32 dev DEV',
      does: 'then the wrong one; routes that its network carried go with it',
    },
  ],
  confused: [
    { code: 'no-route', tell: 'the lengths agree and the route is for another network' },
    { code: 'gateway-unreachable', tell: "the gateway's address is inside the network and nobody has it" },
    { code: 'address-is-broadcast', tell: 'the length makes the address the last one of its network' },
  ],
};
