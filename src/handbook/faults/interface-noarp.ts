/**
 * The page of `nsdiag explain interface-noarp`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const interfaceNoarp: Page = {
  code: 'interface-noarp',
  group: 'link',
  what: 'ARP is switched off on an interface that ought to ask or to answer.',
  linux: [
    "With IFF_NOARP the kernel neither answers requests on that interface (net/ipv4/arp.c: arp_rcv()) nor asks by it: it makes the neighbour's MAC up itself, on an Ethernet device its own, so that every frame goes to the sender (net/ipv4/arp.c: arp_constructor()).",
  ],
  look: [
    { run: 'ip -n NS link show dev DEV', shows: '"NOARP" between the angle brackets' },
    {
      run: 'ip -n FROM neigh show to DST',
      shows: '"INCOMPLETE" or "FAILED" on who asks. On the interface without ARP itself: NOARP',
    },
    {
      run: 'ip netns exec NS timeout 5 tcpdump -nei DEV -c 2 arp',
      shows: '"who-has ADDR" arrives, and no "is-at" leaves',
    },
  ],
  fix: [
    {
      run: 'ip -n NS link set dev DEV arp on',
      does: 'every neighbour entry of the interface is forgotten; the next packets wait for ARP',
    },
  ],
  confused: [
    { code: 'arp-filtered', tell: 'the flag is not there and a sysctl keeps it silent' },
    { code: 'neighbor-unresolved', tell: 'nobody owns the address' },
  ],
};
