/**
 * The page of `nsdiag explain ipv6-disabled`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const ipv6Disabled: Page = {
  code: 'ipv6-disabled',
  group: 'address',
  what: 'IPv6 is switched off, by disable_ipv6, on an interface, or in the whole namespace, and IPv6 is needed there. IPv4 goes on working.',
  linux: [
    'Setting it to 1 removes every IPv6 address and route of the interface at once, and what comes in is dropped (net/ipv6/addrconf.c: addrconf_disable_ipv6(); net/ipv6/ip6_input.c: ip6_rcv_core()). Setting all sets every interface; setting default is for those made later. Container engines set it where a network has no IPv6.',
    'ip addr add answers "Permission denied" while it is set.',
  ],
  look: [
    { run: 'ip netns exec NS sysctl net.ipv6.conf.DEV.disable_ipv6', shows: '"= 1"' },
    { run: 'ip -n NS -6 addr show dev DEV', shows: 'nothing: not even a link-local address' },
  ],
  fix: [
    {
      run: 'ip netns exec NS sysctl -w net.ipv6.conf.DEV.disable_ipv6=0',
      does: 'brings the link-local address alone; the others have to be added again',
    },
  ],
  confused: [
    { code: 'no-address', tell: 'IPv6 works there, with a link-local address' },
    { code: 'dad-failed', tell: 'the address is there and marked' },
  ],
};
