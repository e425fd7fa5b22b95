/**
 * The page of `nsdiag explain accept-ra-off`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const acceptRaOff: Page = {
  code: 'accept-ra-off',
  group: 'routing',
  what: 'The IPv6 default route from router advertisements is missing: the namespace forwards, and who forwards takes no advertisements. It worked until a container engine or a VPN switched forwarding on, then until the route ran out.',
  linux: [
    'accept_ra 1 means: unless forwarding is on. 2 means: always (include/net/ipv6.h: ipv6_accept_ra(); ip-sysctl.rst). Switching forwarding on removes the routes that were learned (net/ipv6/addrconf.c: addrconf_fixup_forwarding(), rt6_purge_dflt_routers()).',
  ],
  look: [
    {
      run: 'ip netns exec NS sysctl net.ipv6.conf.DEV.accept_ra net.ipv6.conf.DEV.forwarding',
      shows: '"accept_ra = 1" and "forwarding = 1" together',
    },
    { run: 'ip -n NS -6 route show default', shows: 'nothing; with advertisements there is one with proto ra' },
  ],
  fix: [
    {
      run: 'ip netns exec NS sysctl -w net.ipv6.conf.DEV.accept_ra=2',
      does: 'the route comes with the next advertisement, minutes later; rdisc6 DEV asks for one',
    },
  ],
  confused: [
    { code: 'no-route', tell: 'nothing shows that advertisements ever came' },
    { code: 'forwarding-off', tell: 'there forwarding is missing, here it is the reason' },
  ],
};
