/**
 * The page of `nsdiag explain icmp-unreachable`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const icmpUnreachable: FindingPage = {
  code: 'icmp-unreachable',
  title: 'Somebody answers that it is unreachable',
  group: 'saved capture',
  what: 'ICMP destination unreachable. The code says what: network or host (a router has no way or no answer to ARP), protocol or port (the host itself), administratively prohibited (a firewall), fragmentation needed (MTU).',
  linux: [
    "The error comes from where the packet died and quotes its first bytes (RFC 792, RFC 4443 section 3.1). Code 0 net, 1 host, 2 protocol, 3 port, 4 fragmentation needed, 9, 10 and 13 prohibited. From the sender's own address it is the sender's own kernel.",
  ],
  look: [
    {
      run: "tcpdump -nvr FILE 'icmp[icmptype] == icmp-unreach or (icmp6 and ip6[40] == 1)'",
      shows: 'the code, who says it, about which packet',
    },
  ],
  fix: [{ does: 'nsdiag why to the quoted destination; code 4 needs an MTU, 13 a rule' }],
  confused: [
    { code: 'no-route', tell: 'net unreachable, as why calls it' },
    { code: 'firewall-reject', tell: 'prohibited, or a port unreachable that a rule has sent' },
    { code: 'no-listener', tell: 'port unreachable from the host itself' },
  ],
};
