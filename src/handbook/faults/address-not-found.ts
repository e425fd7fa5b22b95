/**
 * The page of `nsdiag explain address-not-found`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const addressNotFound: Page = {
  code: 'address-not-found',
  group: 'address',
  what: 'No namespace has the destination address, although its network is on a wire that nsdiag sees. Mistyped, changed by DHCP, or its owner is not started.',
  linux: [
    'Whoever has the address answers ARP (RFC 826; net/ipv4/arp.c: arp_process()) or neighbour solicitation (net/ipv6/ndisc.c: ndisc_recv_ns()). Three requests without answer, a second apart, and the packet dies with "Destination Host Unreachable", sent by the asking host to itself.',
  ],
  look: [
    { run: 'ip -n FROM neigh show to DST', shows: '"FAILED" or "INCOMPLETE"' },
    {
      run: 'ip netns exec FROM ping -c 1 -W 4 DST',
      shows: '"Destination Host Unreachable" from an address of the sender\'s own',
    },
    { run: 'ip -all netns exec ip -brief addr show', shows: 'every address of every namespace; no "DST/"' },
  ],
  fix: [{ does: 'nothing to run: ask for the address that is there, or give it to whom it belongs' }],
  confused: [
    { code: 'neighbor-unresolved', tell: 'the owner exists and nothing explains its silence' },
    { code: 'arp-filtered', tell: 'the owner exists and is kept from answering' },
    { code: 'gateway-unreachable', tell: 'it is the gateway that nobody has' },
  ],
};
