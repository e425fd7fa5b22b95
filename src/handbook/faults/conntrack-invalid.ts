/**
 * The page of `nsdiag explain conntrack-invalid`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const conntrackInvalid: Page = {
  code: 'conntrack-invalid',
  group: 'netfilter, tc',
  what: 'A stateful firewall drops an answer, because it has not seen the request: the two directions go by different machines, or the request was not tracked.',
  linux: [
    'An answer to what is unknown is INVALID (ICMP, TCP not in window) or NEW (TCP SYN-ACK with loose tracking off), never ESTABLISHED (net/netfilter/nf_conntrack_core.c: nf_conntrack_in(); nf_conntrack_proto_tcp.c: tcp_new()). So the rule that drops it is only the messenger.',
  ],
  look: [
    { run: 'ip netns exec NS iptables -nvL FORWARD', shows: '"INVALID", and a counter that grows' },
    { run: 'ip netns exec NS conntrack -L', shows: 'nothing of this connection here: no "dst=DST "' },
    { run: 'ip -n NS2 route get SRC', shows: 'the way that the answer takes: "via"' },
  ],
  fix: [
    { run: 'ip -n NS2 route replace PREFIX via GW', does: 'lead the answer back the way that the request came' },
    {
      run: 'ip netns exec NS iptables -I FORWARD -s DST -d SRC -j ACCEPT',
      does: 'the firewall no longer checks this direction',
    },
  ],
  confused: [
    { code: 'firewall-drop', tell: 'the connection is known, and another rule decides' },
    { code: 'rp-filter', tell: 'asymmetric routes again, and no rule at all' },
    { code: 'conntrack-stale', tell: 'there is an entry, an old one' },
  ],
};
