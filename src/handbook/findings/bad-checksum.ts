/**
 * The page of `nsdiag explain bad-checksum`.
 *
 * @module
 */

import type { FindingPage } from '../page.ts';

export const badChecksum: FindingPage = {
  code: 'bad-checksum',
  title: 'Wrong checksums that are no offload',
  group: 'saved capture',
  what: 'A checksum is wrong, and not merely left to the network card: the field is neither right nor the sum that an offload leaves there.',
  linux: [
    "With offload the sender's capture shows the sum of the pseudo header alone, on everything that it sends. On a veth the checksum is never filled in at all. A receiver drops what is wrong and counts it (TcpInCsumErrors, UdpInErrors).",
  ],
  look: [{ run: 'tcpdump -nvvr FILE', shows: 'cksum, followed by (incorrect) where it is wrong' }],
  fix: [
    {
      run: 'ip netns exec NS ethtool -K DEV tx off',
      does: 'when it is the offload: sends right ones, costs processor time',
    },
  ],
  confused: [
    { code: 'bad-offload', tell: 'what why says when the offload is the fault' },
    { code: 'capture-incomplete', tell: 'packets that were cut cannot be checked' },
  ],
};
