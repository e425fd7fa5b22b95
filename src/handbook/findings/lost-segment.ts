/**
 * The page of `nsdiag explain lost-segment`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const lostSegment: FindingPage = {
  code: 'lost-segment',
  title: 'A TCP segment is missing here',
  group: 'saved capture',
  what: 'A hole in the sequence numbers: a segment that was sent is not in the capture.',
  linux: [
    'If it is sent again, it was lost before this point. If the receiver acknowledges it, it passed and the capture missed it: dropped by tcpdump, or gone by another way.',
  ],
  look: [
    {
      run: "tshark -r FILE -Y 'tcp.analysis.lost_segment or tcp.analysis.ack_lost_segment'",
      shows: 'the hole, and whether it was acknowledged',
    },
  ],
  fix: [{ does: 'see whether the capture says that it dropped packets' }],
  confused: [
    { code: 'capture-incomplete', tell: "the hole is the capture's" },
    { code: 'out-of-order', tell: 'it comes a moment later' },
  ],
};
