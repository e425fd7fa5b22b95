/**
 * The page of `nsdiag explain icmp-ignored`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const icmpIgnored: Page = {
  code: 'icmp-ignored',
  group: 'host',
  what: 'The destination is told not to answer echo requests. Everything else of it works.',
  linux: [
    'icmp_echo_ignore_all makes the kernel drop them in silence (net/ipv4/icmp.c: icmp_echo(); net/ipv6/icmp.c: icmpv6_echo_reply()). IPv6 has a sysctl of its own. So no answer to ping proves nothing: ask TCP.',
  ],
  look: [
    { run: 'ip netns exec NS sysctl net.ipv4.icmp_echo_ignore_all', shows: '"= 1"' },
    {
      run: 'ip netns exec NS nstat -az IcmpInEchos IcmpOutEchoReps',
      shows: '"IcmpInEchos" grows, and IcmpOutEchoReps does not',
    },
  ],
  fix: [
    {
      run: 'ip netns exec NS sysctl -w net.ipv4.icmp_echo_ignore_all=0',
      does: 'somebody wanted it: a hardening script sets it again at boot',
    },
  ],
  confused: [
    { code: 'firewall-drop', tell: 'a rule about icmp does the same' },
    { code: 'no-route', tell: 'the answer is made and has no way back' },
  ],
};
