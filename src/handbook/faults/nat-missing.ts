/**
 * The page of `nsdiag explain nat-missing`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const natMissing: Page = {
  code: 'nat-missing',
  group: 'netfilter, tc',
  what: 'A private source leaves for a network that has no way back to it, and nothing translates it. The request arrives, the answer goes nowhere.',
  linux: [
    'Addresses of 10/8, 172.16/12 and 192.168/16 mean something only inside (RFC 1918 section 3). The gateway has to put its own address in their place: masquerade, in POSTROUTING, by the interface it leaves by. Answers are turned back by connection tracking without asking the rules.',
  ],
  capture: 'Private sources on an uplink, as they were inside, and no answer to any of them.',
  look: [
    { run: 'ip netns exec NS iptables -t nat -nvL POSTROUTING', shows: 'no "MASQUERADE", and no SNAT' },
    { run: 'ip netns exec NS timeout 5 tcpdump -ni UPLINK -c 2 icmp', shows: 'the private source, "IP 192.168."' },
    { run: 'ip netns exec NS nft list ruleset', shows: 'no "masquerade": neither in nft' },
  ],
  fix: [
    {
      run: 'ip netns exec NS iptables -t nat -A POSTROUTING -s SUBNET -o UPLINK -j MASQUERADE',
      does: "everything from that network takes the uplink's address",
    },
  ],
  confused: [
    { code: 'nat-wrong', tell: 'there is a rule, and it does not match' },
    { code: 'no-route', tell: 'the other side is ours and ought to know the way back' },
  ],
};
