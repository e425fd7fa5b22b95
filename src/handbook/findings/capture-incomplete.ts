/**
 * The page of `nsdiag explain capture-incomplete`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const captureIncomplete: FindingPage = {
  code: 'capture-incomplete',
  title: 'The capture itself lacks something',
  group: 'saved capture',
  what: 'The capture is not whole: packets dropped while it was taken, cut by the snap length, one direction only, or a file that ends in the middle. Said first, because a hole in the capture looks like a loss on the network.',
  linux: [
    'The kernel drops packets for a reader whose buffer is full, and tcpdump says how many when it ends; pcapng keeps the numbers in an interface statistics block. On a port that mirrors one direction the other one is missing altogether.',
  ],
  look: [{ run: 'capinfos FILE', shows: 'packets, length, the snap length and whether the file is cut' }],
  fix: [
    { run: 'tcpdump -i DEV -s 200 -B 8192 -w FILE', does: 'less of each packet, 8 MiB of buffer: far fewer drops' },
  ],
  confused: [
    { code: 'lost-between', tell: 'the capture is whole at both points' },
    { code: 'one-way', tell: 'the other direction is not missing by the way it was taken' },
  ],
};
