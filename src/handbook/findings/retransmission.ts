/**
 * The page of `nsdiag explain retransmission`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const retransmission: FindingPage = {
  code: 'retransmission',
  title: 'TCP data is sent again',
  group: 'saved capture',
  what: 'A segment is sent again because its acknowledgement did not come in time.',
  linux: [
    'The timer begins at a second and follows the measured round trip (RFC 6298; Linux takes 200 ms at least). One is nothing; many mean loss, and the same length again and again an MTU.',
  ],
  look: [{ run: 'tshark -r FILE -Y tcp.analysis.retransmission', shows: 'each of them: stream, time, length' }],
  fix: [
    { does: 'capture closer to the receiver: seen there twice, the acknowledgement was lost; seen once, the data' },
  ],
  confused: [
    { code: 'fast-retransmission', tell: 'asked for by duplicate acknowledgements' },
    { code: 'spurious-retransmission', tell: 'it had been acknowledged' },
    { code: 'mtu-blackhole', tell: 'only full-size segments are repeated' },
  ],
};
