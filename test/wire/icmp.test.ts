import { expect, test } from 'vitest';
import { decodeIcmp } from '../../src/wire/icmp.ts';
import { icmpText, icmpv6Text } from '../../src/wire/icmp-text.ts';
import { decodeIcmpv6 } from '../../src/wire/icmpv6.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';
import { ICMP_ECHO, ICMPV6_ECHO, icmpTooBig, ipv4, ipv6, ND_SOLICITATION, UDP_DNS } from './frames.ts';

test.each([
  ['decodeIcmp() reads an echo request', decodeIcmp(ICMP_ECHO), 'echo-request'],
  ['decodeIcmp() reads an echo reply', decodeIcmp(withByte(ICMP_ECHO, 0, 0)), 'echo-reply'],
  ['decodeIcmpv6() reads an echo request', decodeIcmpv6(ICMPV6_ECHO), 'echo-request'],
  ['decodeIcmpv6() reads an echo reply', decodeIcmpv6(withByte(ICMPV6_ECHO, 0, 129)), 'echo-reply'],
])('%s', (_, decoded, kind) => {
  expect(decoded).toMatchObject({
    kind: 'decoded',
    header: { kind, id: 42, sequence: 3 },
    payload: hex('de ad be ef'),
  });
});

test('decodeIcmp() reads the MTU of fragmentation needed, and quotes the packet', () => {
  const quoted = ipv4(17, UDP_DNS);
  expect(decodeIcmp(icmpTooBig(quoted))).toMatchObject({ header: { kind: 'error', mtu: 1400 }, payload: quoted });
});

test('decodeIcmp() has no MTU for any other unreachable', () => {
  expect(decodeIcmp(withByte(icmpTooBig(UDP_DNS), 1, 1))).toMatchObject({ header: { kind: 'error', mtu: undefined } });
});

test('decodeIcmp() takes no RFC 4884 extension for a part of the quoted packet', () => {
  const padded = joined(ipv4(17, UDP_DNS), new Uint8Array(96));
  const bytes = joined(withByte(icmpTooBig(new Uint8Array()), 5, 32), padded, hex('20 00 00 00'));
  expect(decodeIcmp(bytes)).toMatchObject({ payload: padded });
});

test('decodeIcmp() reads the gateway of a redirect', () => {
  expect(decodeIcmp(hex('05 01 00 00 0a 00 00 09'))).toMatchObject({
    header: { kind: 'redirect', gateway: '10.0.0.9' },
  });
});

test('decodeIcmp() keeps the number of a message that it does not know', () => {
  expect(decodeIcmp(hex('0d 00 00 00 00 00 00 00'))).toMatchObject({ header: { kind: 'other', type: 13 } });
});

test('decodeIcmpv6() reads who is looked for, and who asks', () => {
  expect(decodeIcmpv6(ND_SOLICITATION)).toMatchObject({
    header: { kind: 'neighbor-solicitation', target: 'fd00::2', mac: 'aa:bb:cc:00:00:01' },
  });
});

test('decodeIcmpv6() reads a neighbor advertisement with its flags', () => {
  const advertisement = withByte(withByte(withByte(ND_SOLICITATION, 0, 136), 4, 0x60), 24, 2);
  expect(decodeIcmpv6(advertisement)).toMatchObject({
    header: {
      kind: 'neighbor-advertisement',
      target: 'fd00::2',
      mac: 'aa:bb:cc:00:00:01',
      router: false,
      solicited: true,
      override: true,
    },
  });
});

test('decodeIcmpv6() ends at an option of length zero', () => {
  expect(decodeIcmpv6(withByte(ND_SOLICITATION, 25, 0))).toMatchObject({ header: { mac: undefined } });
  const unknownFirst = joined(
    ND_SOLICITATION.subarray(0, 24),
    hex('0e 01 00 00 00 00 00 00'),
    ND_SOLICITATION.subarray(24),
  );
  expect(decodeIcmpv6(unknownFirst)).toMatchObject({ header: { mac: 'aa:bb:cc:00:00:01' } });
});

test('decodeIcmpv6() reads the MTU of packet too big, and quotes the packet', () => {
  const quoted = ipv6(17, UDP_DNS);
  const bytes = joined(hex('02 00 00 00 00 00 05 14'), quoted);
  expect(decodeIcmpv6(bytes)).toMatchObject({ header: { kind: 'error', mtu: 1300 }, payload: quoted });
});

test.each([
  ['decodeIcmp', decodeIcmp, ICMP_ECHO, 8],
  ['decodeIcmpv6', decodeIcmpv6, ICMPV6_ECHO, 8],
  ['decodeIcmpv6', decodeIcmpv6, ND_SOLICITATION, 24],
])('%s() answers, never throws, however short the capture was cut', (_, decode, bytes, headerBytes) => {
  for (let end = 0; end < bytes.length; end++) {
    expect(decode(bytes.subarray(0, end)).kind).toBe(end < headerBytes ? 'truncated' : 'decoded');
  }
});

test.each([
  ['03 00', 'Destination Net Unreachable'],
  ['03 01', 'Destination Host Unreachable'],
  ['03 03', 'Destination Port Unreachable'],
  ['03 04', 'Frag needed and DF set (mtu = 1400)'],
  ['03 0d', 'Packet filtered'],
  ['03 63', 'Dest Unreachable, Bad Code: 99'],
  ['0b 00', 'Time to live exceeded'],
  ['0b 01', 'Frag reassembly time exceeded'],
  ['0c 00', 'Parameter problem: pointer = 0'],
  ['05 01', 'Redirect Host(New nexthop: 0.0.5.120)'],
])('icmpText() says %s as ping does: %s', (typeAndCode, text) => {
  const decoded = decodeIcmp(hex(`${typeAndCode} 00 00 00 00 05 78`));
  expect(decoded.kind === 'decoded' && icmpText(decoded.header)).toBe(text);
});

test.each([
  ['01 00', 'Destination unreachable: No route'],
  ['01 01', 'Destination unreachable: Administratively prohibited'],
  ['01 03', 'Destination unreachable: Address unreachable'],
  ['01 04', 'Destination unreachable: Port unreachable'],
  ['01 63', 'Destination unreachable: Unknown code 99'],
  ['02 00', 'Packet too big: mtu=1400'],
  ['03 00', 'Time exceeded: Hop limit'],
  ['04 01', 'Parameter problem: Unknown header at 1400'],
])('icmpv6Text() says %s as ping does: %s', (typeAndCode, text) => {
  const decoded = decodeIcmpv6(hex(`${typeAndCode} 00 00 00 00 05 78`));
  expect(decoded.kind === 'decoded' && icmpv6Text(decoded.header)).toBe(text);
});
