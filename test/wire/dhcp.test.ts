import { expect, test } from 'vitest';
import { decodeDhcp } from '../../src/wire/dhcp.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';

const FIXED = joined(
  hex('02 01 06 00  de ad be ef  00 00 00 00'),
  hex('00 00 00 00  0a 00 00 64  00 00 00 00  0a 00 00 fe'), // yiaddr 10.0.0.100, giaddr 10.0.0.254
  hex('aa bb cc 00 00 01'),
  new Uint8Array(202),
  hex('63 82 53 63'),
);
const OFFER = joined(
  FIXED,
  hex('00 35 01 02  36 04 0a 00 00 01  01 04 ff ff ff 00  03 08 0a 00 00 01 0a 00 00 02  ff'),
);

test('decodeDhcp() reads who is offered which address, by whom', () => {
  expect(decodeDhcp(OFFER)).toMatchObject({
    kind: 'decoded',
    header: {
      type: 'offer',
      transaction: 0xdeadbeef,
      client: 'aa:bb:cc:00:00:01',
      yourAddress: '10.0.0.100',
      requested: undefined,
      server: '10.0.0.1',
      relay: '10.0.0.254',
      mask: '255.255.255.0',
      router: '10.0.0.1',
    },
  });
});

test('decodeDhcp() reads which address a client asks for', () => {
  const request = joined(FIXED, hex('35 01 03  32 04 0a 00 00 65  ff'));
  expect(decodeDhcp(request)).toMatchObject({ header: { type: 'request', requested: '10.0.0.101' } });
});

test('decodeDhcp() answers, never throws, however short the capture was cut', () => {
  for (let end = 0; end < OFFER.length; end++) {
    expect(decodeDhcp(OFFER.subarray(0, end)).kind).toBe(end < 240 ? 'truncated' : 'decoded');
  }
  expect(decodeDhcp(OFFER.subarray(0, 243))).toMatchObject({ header: { type: undefined, server: undefined } });
});

test('decodeDhcp() refuses what has not its magic, and knows no message of another number', () => {
  expect(decodeDhcp(withByte(OFFER, 236, 0))).toMatchObject({ kind: 'malformed', field: 'magic' });
  expect(decodeDhcp(withByte(OFFER, 243, 99))).toMatchObject({ header: { type: undefined } });
});
