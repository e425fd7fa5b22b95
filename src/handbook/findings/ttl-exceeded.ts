/**
 * The page of `nsdiag explain ttl-exceeded`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const ttlExceeded: FindingPage = {
  code: 'ttl-exceeded',
  title: 'A router says that the TTL ran out',
  group: 'saved capture',
  what: 'ICMP time exceeded: a router has dropped a packet whose TTL came to zero.',
  linux: [
    'Each router takes one and drops at zero (RFC 792, RFC 1812 section 5.3.1). traceroute lives on it, so single ones with rising TTL are healthy. The error quotes the packet that it is about.',
  ],
  look: [
    {
      run: "tcpdump -nvr FILE 'icmp[icmptype] == icmp-timxceed or (icmp6 and ip6[40] == 3)'",
      shows: 'who says so, about which packet',
    },
  ],
  fix: [{ does: 'nsdiag why to the quoted destination' }],
  confused: [
    { code: 'routing-loop', tell: 'the same packet is seen with falling TTL' },
    { code: 'icmp-unreachable', tell: 'another ICMP error, with a reason of its own' },
  ],
};
