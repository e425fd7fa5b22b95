/**
 * The page of `nsdiag explain xdp-drop`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const xdpDrop: Page = {
  code: 'xdp-drop',
  group: 'netfilter, tc',
  what: 'A program of XDP on the interface drops the packet before anything else sees it, tcpdump included.',
  linux: [
    'XDP runs in the driver, or right behind it (generic), on what comes in only (drivers/net/veth.c: veth_xdp_rcv_one(); net/core/dev.c: do_xdp_generic()). A packet that it drops appears in no tcpdump, no firewall counter and no routing. On a veth the program sees what the other end sends.',
  ],
  look: [
    {
      run: 'ip -n NS -d link show dev DEV',
      shows: '"prog/xdp" and its id, of which bpftool prog show id ID tells more',
    },
    { run: 'ip netns exec NS ethtool -S DEV', shows: 'counters such as "xdp_drops" that grow' },
  ],
  fix: [
    {
      run: 'ip -n NS link set dev DEV xdp off',
      does: 'whatever the program was for ends: load balancing and protection of Cilium, Katran and others; xdpgeneric off for a generic one',
    },
  ],
  confused: [
    { code: 'tc-drop', tell: 'tcpdump sees the packet come in' },
    { code: 'firewall-drop', tell: 'tcpdump sees the packet come in, and a counter grows' },
  ],
};
