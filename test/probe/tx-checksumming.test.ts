import { expect, test } from 'vitest';
import { readTxChecksumming } from '../../src/probe/tx-checksumming.ts';

/** As ethtool 6.1 prints it. */
const features = (whole: string, generic: string) => `Features for va:
rx-checksumming: on
tx-checksumming: ${whole}
\ttx-checksum-ipv4: off [fixed]
\ttx-checksum-ip-generic: ${generic}
\ttx-checksum-ipv6: off [fixed]
\ttx-checksum-fcoe-crc: off [fixed]
\ttx-checksum-sctp: on
scatter-gather: on
`;

test.each([
  ['on', features('on', 'on'), 'on'],
  ['off', features('off', 'off'), 'off'],
  ['what cannot be changed', features('on', 'on [fixed]'), 'fixed'],
  ['nothing of a device that is gone', '', undefined],
])('readTxChecksumming() reads %s', (_, text, state) => {
  expect(readTxChecksumming(text)).toBe(state);
});
