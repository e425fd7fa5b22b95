/**
 * The page of `nsdiag explain lost-between`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const lostBetween: FindingPage = {
  code: 'lost-between',
  title: 'Packets are lost between two capture points',
  group: 'saved capture',
  what: 'Packets were seen at one point and never at the next. The report says how many, when, and what all the lost ones have in common: a port, a length, a direction. What came of it (no answer, segments sent again) stands with it as `also`.',
  linux: [
    'A packet keeps its IP id, its ports and its payload from hop to hop, and TCP its sequence numbers; TTL, MACs and what NAT changes do not count. What all lost ones share is the best hint at the reason.',
  ],
  look: [{ run: 'capinfos FILE', shows: 'both files have to cover the same time: first and last packet' }],
  fix: [{ does: 'nsdiag why across this place: it names the rule, the route or the interface' }],
  confused: [
    { code: 'capture-incomplete', tell: 'the second capture dropped them, not the network' },
    { code: 'rewritten-between', tell: 'they are there, with other addresses' },
  ],
};
