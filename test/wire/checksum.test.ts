/** Values computed apart from this code, by RFC 1071. */

import { expect, test } from 'vitest';
import { checksumOf } from '../../src/wire/checksum.ts';
import { decodePacket } from '../../src/wire/decode-packet.ts';
import { LINK_TYPE } from '../../src/wire/link-type.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';
import {
  ETHERNET_IPV4,
  ICMP_ECHO,
  ipv4,
  ipv6,
  SLL2_IPV4,
  SLL2_IPV6,
  TCP_SYN,
  UDP_DNS,
  vxlanDatagram,
} from './frames.ts';

const TCP = 6;
const UDP = 17;

function segment(bytes: Uint8Array, checksumAt: number, checksum: number): Uint8Array {
  return withByte(withByte(bytes, checksumAt, checksum >> 8), checksumAt + 1, checksum & 0xff);
}

const syn = (checksum: number) => segment(TCP_SYN, 16, checksum);
/** Three bytes of payload: an odd length. */
const datagram = (checksum: number) => segment(hex('9c 40 00 35 00 0b 00 00 de ad be'), 6, checksum);

const over4 = (protocol: number, payload: Uint8Array) => joined(SLL2_IPV4, ipv4(protocol, payload));
const over6 = (protocol: number, payload: Uint8Array) => joined(SLL2_IPV6, ipv6(protocol, payload));

test.each([
  ['TCP', over4(TCP, syn(0xe38d)), 'right'],
  ['TCP', over4(TCP, syn(0x1421)), 'open'],
  ['TCP', over4(TCP, syn(0x1422)), 'wrong'],
  ['TCP over IPv6', over6(TCP, syn(0xfd8b)), 'right'],
  ['TCP over IPv6', over6(TCP, syn(0xfa22)), 'open'],
  ['TCP over IPv6', over6(TCP, syn(0xe38d)), 'wrong'],
  ['UDP of an odd length', over4(UDP, datagram(0xb2b1)), 'right'],
  ['UDP of an odd length', over4(UDP, datagram(0x141f)), 'open'],
  ['UDP of an odd length', over4(UDP, datagram(0xb2b2)), 'wrong'],
  [
    'TCP in a tunnel',
    over4(UDP, segment(vxlanDatagram(joined(ETHERNET_IPV4, ipv4(TCP, syn(0x1421)))), 2, 4789)),
    'open',
  ],
])('checksumOf() finds that of %s (%#) %s', (_, bytes, state) => {
  expect(checksumOf(decodePacket(bytes, LINK_TYPE.linuxSll2))).toBe(state);
});

test('checksumOf() does not count the padding of a short frame', () => {
  const padded = joined(over4(TCP, syn(0xe38d)), hex('ff ff ff ff'));
  expect(checksumOf(decodePacket(padded, LINK_TYPE.linuxSll2))).toBe('right');
});

test.each([
  ['of what is cut', over4(UDP, datagram(0xb2b1)).subarray(0, -1)],
  ['of UDP that has none', over4(UDP, UDP_DNS)],
  ['of the first piece of several', withByte(over4(TCP, syn(0xe38d)), SLL2_IPV4.length + 6, 0x20)],
  ['of ICMP', over4(1, ICMP_ECHO)],
])('checksumOf() says nothing %s', (_, bytes) => {
  expect(checksumOf(decodePacket(bytes, LINK_TYPE.linuxSll2))).toBeUndefined();
});
