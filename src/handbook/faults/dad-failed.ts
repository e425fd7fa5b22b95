/**
 * The page of `nsdiag explain dad-failed`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const dadFailed: Page = {
  code: 'dad-failed',
  group: 'address',
  what: 'The IPv6 address is there and may not be used: duplicate detection is still asking (tentative), or found somebody who has it (dadfailed).',
  linux: [
    'A new address is asked for on the wire before it is used, for a second as made (RFC 4862 section 5.4). Whoever answers makes it fail for good (net/ipv6/addrconf.c: addrconf_dad_failure()); until then it answers nobody and cannot be bound. Without carrier it stays tentative.',
  ],
  look: [
    { run: 'ip -n NS -6 addr show dev DEV', shows: '"tentative", and dadfailed where another has the address' },
    {
      run: 'ip netns exec NS sysctl net.ipv6.conf.DEV.accept_dad net.ipv6.conf.DEV.dad_transmits',
      shows: '"accept_dad = 1": 0 switches detection off; dad_transmits says how often it asks',
    },
  ],
  fix: [
    { run: 'ip -n NS -6 addr del ADDR/LEN dev DEV', does: 'after the other owner has given it up' },
    { run: 'ip -n NS -6 addr add ADDR/LEN dev DEV nodad', does: 'without asking; nothing warns of a duplicate then' },
  ],
  confused: [
    { code: 'duplicate-address', tell: 'IPv4, which does not ask before' },
    { code: 'ipv6-disabled', tell: 'there is no address at all' },
    { code: 'no-carrier', tell: 'tentative because nothing is at the other end' },
  ],
};
