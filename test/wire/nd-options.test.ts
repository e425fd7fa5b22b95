import { expect, test } from 'vitest';
import { ndOptions } from '../../src/wire/nd-options.ts';
import { hex, joined } from '../helpers/hex.ts';

const SOURCE = hex('01 01 aa bb cc 00 00 01');
const TARGET = hex('02 01 aa bb cc 00 00 02');
const MTU = hex('05 01 00 00 00 00 05 78');
const PREFIX = hex(`
  03 04 40 c0  00 01 51 80  00 00 38 40  00 00 00 00
  fd 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00
`);

test('ndOptions() reads addresses, the MTU and prefixes, and passes over what it does not know', () => {
  expect(ndOptions(joined(SOURCE, hex('19 01 00 00 00 00 00 00'), MTU, PREFIX, TARGET))).toEqual({
    sourceMac: 'aa:bb:cc:00:00:01',
    targetMac: 'aa:bb:cc:00:00:02',
    mtu: 1400,
    prefixes: [{ prefix: 'fd00:0:0:1::', lengthBits: 64, onLink: true, autonomous: true, validSeconds: 86_400 }],
  });
});

test.each([
  ['a length of zero', hex('01 00 aa bb cc 00 00 01')],
  ['an option that is cut', PREFIX.subarray(0, 24)],
])('ndOptions() ends at %s', (_, bytes) => {
  expect(ndOptions(joined(MTU, bytes))).toMatchObject({ mtu: 1400, sourceMac: undefined, prefixes: [] });
});
