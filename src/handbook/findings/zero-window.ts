/**
 * The page of `nsdiag explain zero-window`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const zeroWindow: FindingPage = {
  code: 'zero-window',
  title: 'The receiver has no room',
  group: 'saved capture',
  what: 'The receiver says that it takes no more: its window is zero. The network is fine, the application does not read.',
  linux: [
    'The sender waits and probes, first after the retransmission timeout, then at doubled intervals (RFC 9293 section 3.8.6.1).',
  ],
  look: [{ run: 'tshark -r FILE -Y tcp.analysis.zero_window', shows: 'who says so, and for how long' }],
  fix: [{ run: 'ip netns exec NS ss -tmn', does: 'Recv-Q of the receiver: what its application has not read' }],
  confused: [
    { code: 'window-full', tell: 'the sender has filled the window, before it is zero' },
    { code: 'retransmission', tell: 'something is lost, the window is open' },
  ],
};
