/**
 * Whether the checksum of a captured TCP segment or UDP datagram is right.
 *
 * Who sends by a device that does checksums leaves the sum of the pseudo-header in the field, for the device to add the
 * rest: such a checksum is `open`. A veth never adds it, and the receiving kernel knows that it is open; so one that is
 * open is healthy as long as nothing but the kernel carried the packet.
 *
 * Source: RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1; include/linux/skbuff.h, CHECKSUM_PARTIAL.
 * Seen in test/live/bad-offload.test.ts.
 *
 * @module
 */

import { addressBits } from '../net/address.ts';
import { IP_PROTOCOL } from './ip-protocol.ts';
import { type DecodedPacket, innermostIp } from './packet.ts';

export type ChecksumState = 'right' | 'open' | 'wrong';

const TCP_FIXED_BYTES = 20;
const UDP_BYTES = 8;

/**
 * Of the innermost packet.
 *
 * @returns `undefined`: it is neither TCP nor UDP, it has none, or the capture does not hold all that it is about.
 */
export function checksumOf(packet: DecodedPacket): ChecksumState | undefined {
  const ip = innermostIp(packet);
  if (ip?.transport === undefined || packet.missingBytes > 0 || isFragment(packet)) return undefined;
  const { source, destination, transport, payload } = ip;
  if (transport.layer !== 'tcp' && transport.layer !== 'udp') return undefined;
  if (transport.header.checksum === undefined) return undefined;

  // Headers are decoded from views: the segment begins so many bytes ahead of what follows its fixed part.
  const { buffer, byteOffset } = transport.layer === 'tcp' ? transport.header.options : payload;
  const start = byteOffset - (transport.layer === 'tcp' ? TCP_FIXED_BYTES : UDP_BYTES);
  const segment = new Uint8Array(buffer, start, payload.byteOffset + payload.length - start);
  const pseudo =
    wordsOf(addressBits(source)) + wordsOf(addressBits(destination)) + IP_PROTOCOL[transport.layer] + segment.length;
  if (folded(pseudo + wordsIn(segment)) === ALL_ONES) return 'right';
  return folded(pseudo) === folded(transport.header.checksum) ? 'open' : 'wrong';
}

function isFragment({ layers }: DecodedPacket): boolean {
  return layers.some(({ layer, header }) => {
    if (layer === 'ipv4') return header.moreFragments;
    return layer === 'ipv6-extension' && header.fragment !== undefined;
  });
}

const ALL_ONES = 0xffff;

/** The sum of an address's 16-bit words, for both families alike. */
function wordsOf(bits: bigint): number {
  let sum = 0;
  for (let rest = bits; rest > 0n; rest >>= 16n) sum += Number(rest & 0xffffn);
  return sum;
}

function wordsIn(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte, index) => sum + (index % 2 === 0 ? byte * 256 : byte), 0);
}

/** With the carries added back; 0 and all ones are the same number in this arithmetic. */
function folded(sum: number): number {
  let rest = sum;
  while (rest > ALL_ONES) rest = Math.floor(rest / 0x10000) + (rest & ALL_ONES);
  return rest === 0 ? ALL_ONES : rest;
}
