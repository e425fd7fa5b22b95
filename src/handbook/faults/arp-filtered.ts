/**
 * The page of `nsdiag explain arp-filtered`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const arpFiltered: Page = {
  code: 'arp-filtered',
  group: 'address',
  what: 'The owner of the address gets the ARP request and is set not to answer it, a filter takes request or answer, or who should stand in for it does not.',
  linux: [
    'arp_ignore 1 answers only for addresses of the interface that was asked, 2 only within its network, 8 never. arp_filter 1 answers only if the way back leads out of that interface; strict rp_filter asks the same (net/ipv4/arp.c: arp_process(), arp_ignore(), arp_filter()). For arp_ignore and arp_filter "all" and the interface count, whichever is more.',
    'Proxies answer for others: proxy_arp where the way to the address leads out of another interface (arp_fwd_proxy()), proxy_ndp for listed addresses alone. A default route without gateway asks the wire for the whole world and needs such a proxy.',
    'ARP is no IP. Chains of ip, ip6 and inet never see it, those of arp (nft, arptables) do where it is sent and received, those of netdev where a device sends or takes it: a policy of drop there takes ARP, too.',
  ],
  look: [
    {
      run: 'ip netns exec NS sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf.DEV.arp_ignore',
      shows: '"DEV.arp_ignore = 8"; 0 is as made',
    },
    {
      run: 'ip netns exec NS sysctl net.ipv4.conf.DEV.arp_filter net.ipv4.conf.DEV.proxy_arp',
      shows: '"arp_filter = 0" and "proxy_arp = 0" are as made',
    },
    {
      run: 'ip netns exec NS nft list ruleset',
      shows: 'no "table arp" and no "table netdev", which may take ARP as well',
    },
    { run: 'ip netns exec NS timeout 5 tcpdump -nei DEV -c 2 arp', shows: '"who-has" arrives, no "is-at" leaves' },
  ],
  fix: [
    {
      run: 'ip netns exec NS sysctl -w net.ipv4.conf.DEV.arp_ignore=0',
      does: 'load balancers set it on purpose, for addresses that several hosts share',
    },
    {
      run: 'ip netns exec NS sysctl -w net.ipv4.conf.DEV.proxy_arp=1',
      does: 'answers for every address that it routes elsewhere',
    },
  ],
  confused: [
    { code: 'rp-filter', tell: 'the packet itself is rejected, or its ARP, by the way back' },
    { code: 'interface-noarp', tell: 'ARP is off for the whole interface' },
    { code: 'neighbor-unresolved', tell: 'no setting explains the silence' },
  ],
};
