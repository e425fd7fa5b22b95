/**
 * The page of `nsdiag explain nd-unanswered`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const ndUnanswered: FindingPage = {
  code: 'nd-unanswered',
  title: 'Neighbour solicitations that nobody answers',
  group: 'saved capture',
  what: 'Neighbour solicitations for an IPv6 address, again and again, without an advertisement.',
  linux: [
    'The question goes to the solicited-node multicast group, ff02::1:ff and the last 24 bits of the address (RFC 4861 section 7.2). A switch that snoops MLD wrongly, or a firewall that drops ICMPv6, loses it. A solicitation from :: is duplicate detection, and silence is its good answer.',
  ],
  look: [{ run: "tcpdump -nr FILE 'icmp6 and (ip6[40] == 135 or ip6[40] == 136)'", shows: '135 asks, 136 answers' }],
  fix: [{ does: 'nsdiag why from the namespace that asks' }],
  confused: [
    { code: 'arp-unanswered', tell: 'the same in IPv4' },
    { code: 'dad-failed', tell: 'the address is there and marked' },
  ],
};
