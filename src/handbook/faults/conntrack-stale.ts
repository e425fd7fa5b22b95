/**
 * The page of `nsdiag explain conntrack-stale`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const conntrackStale: Page = {
  code: 'conntrack-stale',
  group: 'netfilter, tc',
  what: 'An old entry of connection tracking still sends the packet where rules no longer would: to a container that is gone, or past a new translation.',
  linux: [
    'Only the first packet of a connection asks the rules of nat (net/netfilter/nf_conntrack_core.c: resolve_normal_ct(); nf_nat_core.c: nf_nat_inet_fn()). A UDP client that keeps its port and goes on sending keeps the entry alive for ever: DNS, SIP, WireGuard, syslog.',
  ],
  look: [
    {
      run: 'ip netns exec NS conntrack -L -p udp',
      shows: '"src=" and "dst=": the second pair says where answers are expected from',
    },
    { run: 'ip netns exec NS iptables -t nat -nvL PREROUTING', shows: 'what the rules say today: "DNAT"' },
  ],
  fix: [
    {
      run: 'ip netns exec NS conntrack -D -p udp --dport PORT',
      does: 'the next packet asks the rules; other connections to that port begin anew as well',
    },
  ],
  confused: [
    { code: 'nat-wrong', tell: 'new connections fail too' },
    { code: 'dnat-wrong', tell: 'new connections fail too' },
    { code: 'neighbor-wrong', tell: 'the entry that is old is one of ARP' },
  ],
};
