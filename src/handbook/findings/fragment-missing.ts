/**
 * The page of `nsdiag explain fragment-missing`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const fragmentMissing: FindingPage = {
  code: 'fragment-missing',
  title: 'Fragments that never complete',
  group: 'saved capture',
  what: 'Some fragments of a packet are there, others are not. The whole packet is lost with the one that is missing.',
  linux: [
    'The receiver waits 30 seconds (ipfrag_time) and drops what it has (net/ipv4/ip_fragment.c: ip_expire()); from the first fragment it sends ICMP reassembly time exceeded. Only the first fragment has ports, so firewalls that ask for ports drop the others.',
  ],
  look: [{ run: "tcpdump -nvr FILE 'ip[6:2] & 0x3fff != 0'", shows: 'id, offset, and flags [+] on all but the last' }],
  fix: [{ does: 'Send less: a smaller MTU, or --size with nsdiag why to find what passes' }],
  confused: [
    { code: 'mtu-blackhole', tell: 'DF is set, and nothing is cut up' },
    { code: 'lost-segment', tell: 'TCP, which is not fragmented as a rule' },
  ],
};
