/**
 * The page of `nsdiag explain one-way`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const oneWay: FindingPage = {
  code: 'one-way',
  title: 'Traffic in one direction only',
  group: 'saved capture',
  what: 'Packets of one direction, and none of the other. The other goes by another way, is lost, or was not captured. A note where other captures saw the answers arrive.',
  linux: [
    'Answers are routed anew and need not come by the interface that the question left by. A mirror port, tcpdump -Q in, or a filter with src show half by themselves.',
  ],
  look: [{ run: "tcpdump -nr FILE 'host SRC and host DST'", shows: 'only one of the two as the sender' }],
  fix: [{ does: 'capture on the interface that the way back uses: ip route get SRC on the other side' }],
  confused: [
    { code: 'capture-incomplete', tell: 'the capture was set up for one direction' },
    { code: 'rp-filter', tell: 'the answer arrives by another interface and is rejected' },
  ],
};
