/**
 * The page of `nsdiag explain echo-unanswered`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const echoUnanswered: FindingPage = {
  code: 'echo-unanswered',
  title: 'Pings without an answer',
  group: 'saved capture',
  what: 'Echo requests, and no reply to them. With several capture points: how far the request came, or the reply.',
  linux: [
    'Request and reply share the identifier and the sequence number (RFC 792). An answer that is seen here and not believed by ping has another source.',
  ],
  look: [
    {
      run: "tcpdump -nr FILE 'icmp[icmptype] == icmp-echo or icmp[icmptype] == icmp-echoreply'",
      shows: 'ids and sequence numbers without their pair',
    },
  ],
  fix: [{ does: 'nsdiag why, which captures on the whole way; or capture at the next hop too' }],
  confused: [
    { code: 'icmp-ignored', tell: 'the destination gets it and does not answer' },
    { code: 'lost-between', tell: 'with a second capture point the place is known' },
  ],
};
