/**
 * A packet filter refuses the packet and tells the sender.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { filteredIn, filterFound } from '../filter-rule.ts';

export const firewallReject = defineRule({
  code: 'firewall-reject',
  title: 'A firewall rejects the packet',
  source: 'net/ipv4/netfilter/nf_reject_ipv4.c: nf_send_unreach(), nf_send_reset()',
  explains: [],

  find(context) {
    const filtered = filteredIn(context);
    if (filtered === undefined || filtered.reason.bridged || filtered.reason.verdict !== 'reject') return [];
    const answer = filtered.reason.with ?? 'an ICMP error';
    return [
      filterFound(
        context,
        filtered,
        `A rejecting rule drops the packet and answers the sender with ${answer}, which looks like a missing route or a closed port`,
      ),
    ];
  },
});
