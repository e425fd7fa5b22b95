import { expect, test } from 'vitest';
import { decodeIpv4 } from '../../src/wire/ipv4.ts';
import { decodeIpv6, decodeIpv6Extension } from '../../src/wire/ipv6.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';
import { ICMP_ECHO, ICMPV6_ECHO, ipv4, ipv6 } from './frames.ts';

const ECHO = ipv4(1, ICMP_ECHO);

test('decodeIpv4() reads the header and its payload', () => {
  expect(decodeIpv4(ECHO)).toMatchObject({
    kind: 'decoded',
    header: {
      lengthBytes: 32,
      identification: 0x1234,
      dontFragment: true,
      moreFragments: false,
      fragmentOffsetBytes: 0,
      ttl: 64,
      protocol: 1,
      source: '10.0.0.1',
      destination: '10.0.0.2',
    },
    payload: ICMP_ECHO,
    missingBytes: 0,
  });
});

test('decodeIpv4() leaves out the padding of a short frame', () => {
  const decoded = decodeIpv4(joined(ECHO, new Uint8Array(14)));
  expect(decoded.kind === 'decoded' && decoded.payload).toEqual(ICMP_ECHO);
});

test('decodeIpv4() says how many bytes the capture does not hold', () => {
  expect(decodeIpv4(ECHO.subarray(0, 28))).toMatchObject({ kind: 'decoded', missingBytes: 4 });
});

test('decodeIpv4() takes total length 0, as offload leaves it, for all there is', () => {
  const offloaded = withByte(ECHO, 3, 0);
  expect(decodeIpv4(offloaded)).toMatchObject({ kind: 'decoded', payload: ICMP_ECHO, missingBytes: 0 });
});

test('decodeIpv4() keeps options out of the payload', () => {
  const withOption = joined(hex('46'), ECHO.subarray(1, 20), hex('94 04 00 00'), ICMP_ECHO);
  expect(decodeIpv4(withByte(withOption, 3, 36))).toMatchObject({
    header: { options: hex('94 04 00 00') },
    payload: ICMP_ECHO,
  });
});

test('decodeIpv4() reads a fragment', () => {
  const fragment = withByte(withByte(ECHO, 6, 0x20), 7, 0xb9);
  expect(decodeIpv4(fragment)).toMatchObject({
    header: { dontFragment: false, moreFragments: true, fragmentOffsetBytes: 1480 },
  });
});

test.each([
  ['another version', withByte(ECHO, 0, 0x65), 'version'],
  ['a header length below 5 words', withByte(ECHO, 0, 0x44), 'header length'],
  ['a total length below the header', withByte(ECHO, 3, 19), 'total length'],
])('decodeIpv4() refuses %s', (_, bytes, field) => {
  expect(decodeIpv4(bytes)).toMatchObject({ kind: 'malformed', layer: 'ipv4', field });
});

test('decodeIpv4() is truncated when the capture ends inside the options', () => {
  expect(decodeIpv4(withByte(ECHO.subarray(0, 24), 0, 0x4f))).toMatchObject({ kind: 'truncated', needBytes: 60 });
});

test('decodeIpv6() reads the header and its payload', () => {
  expect(decodeIpv6(ipv6(58, ICMPV6_ECHO))).toMatchObject({
    header: { payloadLengthBytes: 12, nextHeader: 58, hopLimit: 64, source: 'fd00::1', destination: 'fd00::2' },
    payload: ICMPV6_ECHO,
    missingBytes: 0,
  });
});

test('decodeIpv6() reads traffic class and flow label across the byte borders', () => {
  const bytes = joined(hex('6a b1 23 45'), ipv6(59, new Uint8Array()).subarray(4));
  expect(decodeIpv6(bytes)).toMatchObject({ header: { trafficClass: 0xab, flowLabel: 0x12345 } });
});

test('decodeIpv6() refuses another version', () => {
  expect(decodeIpv6(withByte(ipv6(58, ICMPV6_ECHO), 0, 0x45))).toMatchObject({ kind: 'malformed', field: 'version' });
});

test('decodeIpv6Extension() steps over options by their length', () => {
  const options = joined(hex('06 01'), new Uint8Array(14), hex('ff'));
  expect(decodeIpv6Extension(0, options)).toMatchObject({
    header: { nextHeader: 6, fragment: undefined },
    payload: hex('ff'),
  });
});

test('decodeIpv6Extension() reads a fragment header', () => {
  expect(decodeIpv6Extension(44, hex('3a 00 05 a9 00 00 00 07'))).toMatchObject({
    header: { nextHeader: 58, fragment: { offsetBytes: 1448, moreFragments: true, identification: 7 } },
  });
});

test.each([
  ['decodeIpv4', decodeIpv4, ECHO, 20],
  ['decodeIpv6', decodeIpv6, ipv6(58, ICMPV6_ECHO), 40],
  ['decodeIpv6Extension', (bytes: Uint8Array) => decodeIpv6Extension(60, bytes), hex(`06 01${'00'.repeat(14)}`), 16],
])('%s() answers, never throws, however short the capture was cut', (_, decode, bytes, headerBytes) => {
  for (let end = 0; end < bytes.length; end++) {
    expect(decode(bytes.subarray(0, end)).kind).toBe(end < headerBytes ? 'truncated' : 'decoded');
  }
});
