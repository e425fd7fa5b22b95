/**
 * The page of `nsdiag explain out-of-order`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const outOfOrder: FindingPage = {
  code: 'out-of-order',
  title: 'TCP segments in another order',
  group: 'saved capture',
  what: 'A segment comes after a later one, too soon for a retransmission.',
  linux: [
    'The receiver holds what is early and sends duplicate acknowledgements (RFC 9293 section 3.10). More than three places make the sender slow down (RFC 5681); Linux adapts to it.',
  ],
  look: [
    {
      run: 'tshark -r FILE -Y tcp.analysis.out_of_order',
      shows: 'each of them, with the time since the segment it belongs before',
    },
  ],
  fix: [{ does: 'send a flow by one way' }],
  confused: [
    { code: 'retransmission', tell: 'sent again, a round trip later' },
    { code: 'reordered-between', tell: 'proven, with two points' },
  ],
};
