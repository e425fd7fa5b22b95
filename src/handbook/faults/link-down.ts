/**
 * The page of `nsdiag explain link-down`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const linkDown: Page = {
  code: 'link-down',
  group: 'link',
  what: 'An interface that the packet needs is administratively down: an end of a veth, a bridge, a bridge port, a tunnel. A device is down when it is made; nothing sets it up but a command.',
  linux: [
    'Administratively up and operationally up are two things. A veth has carrier only while both ends are up, so one forgotten end takes the other to NO-CARRIER or LOWERLAYERDOWN (drivers/net/veth.c: veth_open()).',
    'Going down takes every route of the interface away: the connected ones and the static ones (net/ipv4/fib_frontend.c: fib_disable_ip()). Coming up brings only the connected ones back. That is why "Network is unreachable" so often means an interface and not a route.',
  ],
  look: [
    {
      run: 'ip -n NS link show dev DEV',
      shows:
        '"state DOWN", and no "UP" between the angle brackets: nobody set it up. NO-CARRIER beside UP is the other end\'s fault',
    },
    { run: 'ip -n NS route show', shows: 'no "dev DEV": its routes are gone with it' },
  ],
  fix: [
    {
      run: 'ip -n NS link set dev DEV up',
      does: 'brings the connected routes back, and IPv6 addresses that were kept',
    },
    { run: 'ip -n NS route add PREFIX dev DEV', does: 'each static route has to be added again' },
  ],
  confused: [
    { code: 'no-carrier', tell: 'there the interface says UP, and lacks LOWER_UP' },
    { code: 'no-route', tell: 'a route is missing although its interface is up' },
    { code: 'no-interface', tell: 'the interface is not in the namespace at all' },
  ],
};
