/**
 * The page of `nsdiag explain duplicate-ack`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const duplicateAck: FindingPage = {
  code: 'duplicate-ack',
  title: 'The receiver repeats an acknowledgement',
  group: 'saved capture',
  what: 'The same acknowledgement again: the receiver got something, and not what comes next.',
  linux: [
    'It is sent at once for each segment out of order (RFC 5681 section 4.2). Three ask for the missing one; with SACK they say what has arrived.',
  ],
  look: [{ run: 'tshark -r FILE -Y tcp.analysis.duplicate_ack', shows: 'number and stream' }],
  fix: [{ does: 'the segment that follows is what was lost' }],
  confused: [
    { code: 'keep-alive', tell: 'an answer to a probe looks alike' },
    { code: 'window-full', tell: 'no segment was lost, the receiver is slow' },
  ],
};
