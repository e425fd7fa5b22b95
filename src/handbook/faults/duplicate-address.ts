/**
 * The page of `nsdiag explain duplicate-address`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const duplicateAddress: Page = {
  code: 'duplicate-address',
  group: 'address',
  what: 'Two namespaces on one segment have the same address. Which one answers changes; connections stand and break, and each of the two believes that all is well.',
  linux: [
    'Both answer ARP, and who asks keeps the first or the last answer: an entry that is younger than a second is not overwritten (net/ipv4/arp.c: arp_process(), locktime). Who has the address itself refuses packets that come from it: a martian source.',
    'Linux does not look for IPv4 duplicates by itself (RFC 5227 does; arping -D is it). IPv6 does: see dad-failed.',
  ],
  capture:
    'Two MACs claim one address in ARP or neighbour advertisements; or, of two captures, one ARP request has another answer in each.',
  look: [
    { run: 'ip -all netns exec ip -brief addr show to ADDR', shows: '"ADDR" more than once, and where' },
    {
      run: 'ip netns exec FROM timeout 5 tcpdump -nei DEV -c 4 arp or icmp',
      shows: '"ethertype": two MACs for one address is the proof',
    },
  ],
  fix: [
    { run: 'ip -n NS addr del ADDR/LEN dev DEV', does: 'from the one that should not have it' },
    { run: 'ip -n FROM neigh flush dev DEV', does: 'old entries lead to the wrong one for some seconds more' },
  ],
  confused: [
    { code: 'duplicate-mac', tell: 'two MACs are the same, not two addresses' },
    { code: 'destination-ambiguous', tell: 'the two are on different segments, and routes decide' },
    { code: 'martian-source', tell: 'one of them refuses what comes from its own address' },
  ],
};
