/**
 * The page of `nsdiag explain delayed-between`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const delayedBetween: FindingPage = {
  code: 'delayed-between',
  title: 'Packets need long between two capture points',
  group: 'saved capture',
  what: 'Packets arrive at the next point, and late: above what the others need on the same stretch.',
  linux: [
    'Queues are the usual reason: a full one adds its whole length to each packet (bufferbloat), a policer does not delay but drop. Two machines have two clocks: only a change of the difference counts then.',
  ],
  look: [{ run: 'tcpdump -ttt -nr FILE', shows: 'the time since the packet before' }],
  fix: [
    {
      run: 'ip netns exec NS tc -s qdisc show dev DEV',
      does: 'backlog and what kind of queue it is; fq_codel keeps it short',
    },
  ],
  confused: [
    { code: 'retransmission', tell: 'the packet is lost and sent again' },
    { code: 'tc-drop', tell: 'the queue drops what it cannot hold' },
  ],
};
