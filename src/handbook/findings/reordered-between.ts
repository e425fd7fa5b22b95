/**
 * The page of `nsdiag explain reordered-between`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const reorderedBetween: FindingPage = {
  code: 'reordered-between',
  title: 'Packets overtake each other',
  group: 'saved capture',
  what: 'Packets leave in one order and arrive in another.',
  linux: [
    'Several ways (ECMP by packet, bonding round robin), several queues or processors (RPS), and wireless repeats do it. TCP takes three places for a loss (RFC 5681 section 3.2).',
  ],
  look: [{ run: 'tcpdump -nr FILE tcp', shows: 'sequence numbers that step back' }],
  fix: [{ does: 'send a flow by one way: hash by flow, not by packet' }],
  confused: [
    { code: 'out-of-order', tell: 'seen from one point, in TCP alone' },
    { code: 'lost-between', tell: 'the packet does not come at all' },
  ],
};
