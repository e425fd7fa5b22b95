/** TCP, UDP, and VXLAN on top of it. */

import { expect, test } from 'vitest';
import { decodeTcp } from '../../src/wire/tcp.ts';
import { decodeUdp } from '../../src/wire/udp.ts';
import { decodeVxlan } from '../../src/wire/vxlan.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';
import { TCP_SYN, UDP_DNS } from './frames.ts';

test('decodeTcp() reads ports, numbers, flags and options', () => {
  expect(decodeTcp(joined(TCP_SYN, hex('ff')))).toEqual({
    kind: 'decoded',
    header: {
      sourcePort: 40_000,
      destPort: 80,
      sequence: 0x01020304,
      acknowledgment: 0,
      flags: new Set(['syn']),
      window: 65_535,
      checksum: 0,
      urgent: 0,
      options: hex('02 04 05 b4'),
    },
    payload: hex('ff'),
    missingBytes: 0,
  });
});

test('decodeTcp() names every flag', () => {
  const decoded = decodeTcp(withByte(TCP_SYN, 13, 0xff));
  expect(decoded.kind === 'decoded' && [...decoded.header.flags].join(' ')).toBe('fin syn rst psh ack urg ece cwr');
});

test('decodeTcp() refuses a data offset inside the fixed header', () => {
  expect(decodeTcp(withByte(TCP_SYN, 12, 0x40))).toMatchObject({ kind: 'malformed', field: 'data offset' });
});

test('decodeUdp() reads ports, length and the absent checksum', () => {
  expect(decodeUdp(UDP_DNS)).toEqual({
    kind: 'decoded',
    header: { sourcePort: 50_000, destPort: 53, lengthBytes: 12, checksum: undefined },
    payload: hex('de ad be ef'),
    missingBytes: 0,
  });
});

test('decodeUdp() says how many bytes the capture does not hold', () => {
  expect(decodeUdp(UDP_DNS.subarray(0, 9))).toMatchObject({ payload: hex('de'), missingBytes: 3 });
});

test('decodeUdp() refuses a length below its own header', () => {
  expect(decodeUdp(withByte(UDP_DNS, 5, 7))).toMatchObject({ kind: 'malformed', field: 'length' });
});

test('decodeVxlan() reads the VNI, and refuses a header without one', () => {
  const header = hex('08 00 00 00 01 02 03 00');
  expect(decodeVxlan(joined(header, hex('ff')))).toMatchObject({ header: { vni: 0x010203 }, payload: hex('ff') });
  expect(decodeVxlan(withByte(header, 0, 0))).toMatchObject({ kind: 'malformed', field: 'flags' });
});

test.each([
  ['decodeTcp', decodeTcp, TCP_SYN, 24],
  ['decodeUdp', decodeUdp, UDP_DNS, 8],
  ['decodeVxlan', decodeVxlan, hex('08 00 00 00 00 00 2a 00 ff'), 8],
])('%s() answers, never throws, however short the capture was cut', (_, decode, bytes, headerBytes) => {
  for (let end = 0; end < bytes.length; end++) {
    expect(decode(bytes.subarray(0, end)).kind).toBe(end < headerBytes ? 'truncated' : 'decoded');
  }
});
