/**
 * The page of `nsdiag explain fast-retransmission`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const fastRetransmission: FindingPage = {
  code: 'fast-retransmission',
  title: 'TCP data is sent again because the receiver asked',
  group: 'saved capture',
  what: 'A segment is sent again after three duplicate acknowledgements, without waiting for the timer.',
  linux: [
    'Three of them mean that later segments arrived and this one did not (RFC 5681 section 3.2; with SACK RFC 6675). It is how TCP lives with loss, and halves the rate.',
  ],
  look: [
    { run: 'tshark -r FILE -Y tcp.analysis.fast_retransmission', shows: 'each of them, and the duplicates before' },
  ],
  fix: [{ does: 'one in a thousand costs little; look for the place of loss with a second capture point' }],
  confused: [
    { code: 'retransmission', tell: 'by the timer' },
    { code: 'out-of-order', tell: 'it was late, not lost' },
  ],
};
