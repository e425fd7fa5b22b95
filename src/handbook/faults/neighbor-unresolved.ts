/**
 * The page of `nsdiag explain neighbor-unresolved`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const neighborUnresolved: Page = {
  code: 'neighbor-unresolved',
  group: 'address',
  what: 'Nobody answers ARP or neighbour solicitation for the next hop, and no other code explains why.',
  linux: [
    'The kernel asks three times, a second apart, keeps a few packets meanwhile, then drops them and tells the sender "host unreachable" (net/ipv4/arp.c: arp_error_report(); net/ipv6/ndisc.c: ndisc_error_report()). FAILED entries are asked for again by the next packet.',
  ],
  look: [
    { run: 'ip -n NS neigh show dev DEV', shows: '"FAILED" or "INCOMPLETE"' },
    { run: 'ip netns exec NS timeout 5 tcpdump -nei DEV -c 2 arp', shows: '"who-has" and no "is-at"' },
    { run: 'ip -n NS -s link show dev DEV', shows: 'whether anything comes in at all: "RX:"' },
  ],
  fix: [{ does: 'find the owner and see what it gets: tcpdump on each port between the two' }],
  confused: [
    { code: 'address-not-found', tell: 'no namespace has the address' },
    { code: 'arp-filtered', tell: 'the owner is told not to answer' },
    { code: 'neighbor-wrong', tell: 'there is an entry, and it is wrong' },
    { code: 'bridge-port-unattached', tell: 'the request does not even reach the other side' },
  ],
  unshown: 'What leaves nobody to answer has a code of its own in each lab: this one is what remains.',
};
