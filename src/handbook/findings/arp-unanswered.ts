/**
 * The page of `nsdiag explain arp-unanswered`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const arpUnanswered: FindingPage = {
  code: 'arp-unanswered',
  title: 'ARP requests that nobody answers',
  group: 'saved capture',
  what: 'Requests for an IPv4 address, again and again, without an answer. The packets behind them were never sent, so they are not in the capture.',
  linux: [
    'Linux asks three times, a second apart (RFC 826; net/ipv4/arp.c: arp_solicit()). Answers go to the one who asked: on a switch port that is neither of the two, a mirror must show them.',
  ],
  look: [{ run: 'tcpdump -nr FILE arp', shows: 'who-has without the is-at that belongs to it' }],
  fix: [{ does: 'nsdiag why from the namespace that asks: it names what keeps the owner silent' }],
  confused: [
    { code: 'address-not-found', tell: 'what why says when nobody has the address' },
    { code: 'arp-filtered', tell: 'what why says when the owner is kept from answering' },
  ],
};
