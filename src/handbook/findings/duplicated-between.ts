/**
 * The page of `nsdiag explain duplicated-between`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const duplicatedBetween: FindingPage = {
  code: 'duplicated-between',
  title: 'Packets arrive twice',
  group: 'saved capture',
  what: 'One packet at the first point, two or more of it at the next.',
  linux: [
    'Bonding in mode broadcast, two bridges side by side, a mirror into the same network or netem duplicate do it. TCP throws copies away, UDP applications see them. Capturing on any shows the same packet on a bridge and on its port: that is one packet.',
  ],
  look: [{ run: 'tcpdump -nvr FILE', shows: 'the same id and payload twice' }],
  fix: [{ does: 'look for two ways between the points' }],
  confused: [
    { code: 'l2-loop', tell: 'copies without end' },
    { code: 'retransmission', tell: 'the sender sent it twice: another IP id' },
  ],
};
