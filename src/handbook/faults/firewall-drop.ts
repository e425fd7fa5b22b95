/**
 * The page of `nsdiag explain firewall-drop`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const firewallDrop: Page = {
  code: 'firewall-drop',
  group: 'netfilter, tc',
  what: 'A rule or the policy of a chain drops the packet, and nobody is told. The report names hook, family, table, chain, handle and the machinery it belongs to.',
  linux: [
    'A drop is final and an accept is not: after one base chain accepts, the others of the same hook still see the packet, in the order of their priority (net/netfilter/core.c: nf_hook_slow(); nft(8)). nft, iptables-nft and iptables-legacy may all be loaded at once, and each of them can drop.',
    'To this namespace is INPUT, from it OUTPUT, through it FORWARD, and each namespace has rules of its own. Rules are read from the top, and the policy applies when none decides. DNAT comes first: FORWARD sees the new address and port.',
  ],
  look: [
    {
      run: 'ip netns exec NS nft -a list ruleset',
      shows: '"policy drop" or "drop", with handles; iptables-nft shows here too',
    },
    { run: 'ip netns exec NS iptables-legacy-save', shows: 'older rules that nft does not show: nothing' },
    {
      run: 'ip netns exec NS timeout 5 tcpdump -nei DEV -c 2',
      shows: 'the packet comes in, "ethertype IPv4": tcpdump sees it before INPUT does',
    },
  ],
  fix: [
    {
      run: 'ip netns exec NS iptables -I INPUT -s SRC -p tcp --dport PORT -j ACCEPT',
      does: 'ahead of what drops; -I, for -A may come too late',
    },
    {
      run: 'ip netns exec NS nft insert rule inet TABLE CHAIN ip saddr SRC accept',
      does: 'the same in nft; firewalld, ufw and docker write theirs anew, so tell it to them',
    },
  ],
  confused: [
    { code: 'firewall-reject', tell: 'an answer comes back at once' },
    { code: 'bridge-netfilter', tell: 'the packet is only bridged here' },
    { code: 'rp-filter', tell: 'no counter of any rule grows' },
    { code: 'conntrack-invalid', tell: 'the rule is the one about ctstate INVALID, and another is at fault' },
  ],
};
