/**
 * The page of `nsdiag explain no-address`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const noAddress: Page = {
  code: 'no-address',
  group: 'address',
  what: 'The interface that should hold an address of this family holds none. It may be up, with carrier and even with a route.',
  linux: [
    'Without an address there is no connected route, nobody answers ARP for it (net/ipv4/arp.c: arp_process()), and what is sent takes its source from another interface, or has none (net/ipv4/devinet.c: inet_select_addr()).',
    'IPv6 is never quite without: each interface that is up has a link-local address, which reaches the wire and no further.',
  ],
  look: [
    { run: 'ip -n NS -brief addr show dev DEV', shows: '"DEV", its state, and no "inet "' },
    { run: 'ip -n NS route show dev DEV', shows: 'nothing: no connected route' },
  ],
  fix: [
    {
      run: 'ip -n NS addr add ADDR/LEN dev DEV',
      does: 'brings the connected route; without /LEN it would be a /32 without neighbours',
    },
  ],
  confused: [
    { code: 'link-down', tell: 'the address is there, the interface is down' },
    { code: 'ipv6-disabled', tell: 'IPv6 addresses alone are gone, and cannot be added' },
    { code: 'bridge-address-on-port', tell: 'the address is on a port and belongs on the bridge' },
    { code: 'address-not-found', tell: 'everybody has an address, and nobody the one that is asked for' },
  ],
};
