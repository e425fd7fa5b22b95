/**
 * The page of `nsdiag explain spurious-retransmission`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const spuriousRetransmission: FindingPage = {
  code: 'spurious-retransmission',
  title: 'TCP data is sent again for nothing',
  group: 'saved capture',
  what: 'A segment is sent again that had been acknowledged already, as the capture shows.',
  linux: [
    'The acknowledgement came late or was lost behind the capture point, or the round trip jumped above the timer (RFC 5682). The receiver answers with a duplicate SACK (RFC 2883).',
  ],
  look: [
    {
      run: 'tshark -r FILE -Y tcp.analysis.spurious_retransmission',
      shows: 'each of them, and the acknowledgement before',
    },
  ],
  fix: [{ does: 'look at the way back, and at jumps of the delay' }],
  confused: [{ code: 'retransmission', tell: 'no acknowledgement was seen before' }],
};
