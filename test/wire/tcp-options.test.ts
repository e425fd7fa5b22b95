import { expect, test } from 'vitest';
import { tcpOptions } from '../../src/wire/tcp-options.ts';
import { hex } from '../helpers/hex.ts';

const NONE = { mss: undefined, windowScale: undefined, sackPermitted: false, sack: [], timestamps: undefined };

test('tcpOptions() reads what a Linux SYN says', () => {
  expect(tcpOptions(hex('02 04 05 b4  04 02  08 0a 00 00 00 07 00 00 00 00  01  03 03 07'))).toEqual({
    mss: 1460,
    windowScale: 7,
    sackPermitted: true,
    sack: [],
    timestamps: { value: 7, echo: 0 },
  });
});

test('tcpOptions() reads what has arrived behind a hole', () => {
  expect(tcpOptions(hex('01 01 05 12 00 00 00 01 00 00 00 05  ff ff ff f0 00 00 00 10')).sack).toEqual([
    { start: 1, end: 5 },
    { start: 0xfffffff0, end: 0x10 },
  ]);
});

test.each([
  ['nothing', ''],
  ['a length of zero, which would go on for ever', '02 00 05 b4'],
  ['a length beyond the header', '02 08 05 b4'],
  ['an MSS of another length', '02 03 05'],
  ['what stands behind the end of the options', '00 02 04 05 b4'],
  ['a kind without its length', '02'],
])('tcpOptions() makes nothing of %s', (_, bytes) => {
  expect(tcpOptions(hex(bytes))).toEqual(NONE);
});
