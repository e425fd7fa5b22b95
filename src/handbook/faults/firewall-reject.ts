/**
 * The page of `nsdiag explain firewall-reject`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const firewallReject: Page = {
  code: 'firewall-reject',
  group: 'netfilter, tc',
  what: 'A rule rejects the packet and says so: connection refused, port unreachable, or administratively prohibited.',
  linux: [
    'REJECT drops the packet and sends ICMP, port unreachable as made, or a TCP reset (net/ipv4/netfilter/nf_reject_ipv4.c: nf_send_unreach(), nf_send_reset()). The reset looks exactly like that of a closed port, and "No route to host" on one port alone is ICMP host-prohibited, firewalld\'s way to reject.',
  ],
  look: [
    { run: 'ip netns exec NS iptables -nvL', shows: '"REJECT", and a counter that grows' },
    { run: 'ip netns exec NS nft -a list ruleset', shows: '"reject": how, and the handle' },
    { run: 'ip netns exec FROM timeout 2 nc -zv DST PORT', shows: '"refused"' },
  ],
  fix: [
    { run: 'ip netns exec NS iptables -I INPUT -s SRC -p tcp --dport PORT -j ACCEPT', does: 'ahead of what rejects' },
    { run: 'ip netns exec NS nft insert rule ip TABLE CHAIN ip saddr SRC accept', does: 'the same in nft' },
  ],
  confused: [
    { code: 'no-listener', tell: 'refused as well, with no rule: ss -ltn shows nobody' },
    { code: 'firewall-drop', tell: 'silence' },
    { code: 'route-prohibit', tell: 'the same ICMP code, from a route' },
  ],
};
