/**
 * The page of `nsdiag explain martian-destination`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const martianDestination: Page = {
  code: 'martian-destination',
  group: 'routing',
  what: 'The kernel refuses the packet for its destination: 127.0.0.0/8 from outside, 0.0.0.0, class E.',
  linux: [
    'What comes in by a wire for 127.0.0.0/8 is dropped, unless route_localnet is set on that interface (net/ipv4/route.c: ip_route_input_slow(), martian_destination). DNAT to 127.0.0.1 in PREROUTING runs straight into this.',
  ],
  look: [
    {
      run: 'ip netns exec NS sysctl net.ipv4.conf.all.route_localnet net.ipv4.conf.DEV.route_localnet',
      shows: '"DEV.route_localnet = 0"',
    },
    { run: 'ip netns exec NS iptables -t nat -nvL PREROUTING', shows: '"to:127.0.0.1": a rule that leads there' },
  ],
  fix: [
    {
      run: 'ip netns exec NS sysctl -w net.ipv4.conf.DEV.route_localnet=1',
      does: 'services bound to 127.0.0.1 can then be reached from that wire: filter what comes in',
    },
    { does: 'Better: let the service listen on an address of the interface, and translate to that' },
  ],
  confused: [
    { code: 'listener-elsewhere', tell: 'the packet arrives, and the service listens on 127.0.0.1 alone' },
    { code: 'dnat-wrong', tell: 'the translation leads to where nobody is' },
    { code: 'address-is-broadcast', tell: 'refused for what it means in this network' },
  ],
};
