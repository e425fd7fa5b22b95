/**
 * Sums of the internet checksum over captured bytes, in numbers only: for the checksums of millions of packets. For a
 * person to look at one there is wire/checksum.ts.
 *
 * Source: RFC 1071; RFC 9293 section 3.1 and RFC 8200 section 8.1 (pseudo-header).
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';

export const ALL_ONES = 0xffff;

/** With the carries added back; 0 and all ones are the same number in this arithmetic, and it is all ones here. */
export function folded(sum: number): number {
  // By halves in integers: `%` of what does not fit one is a call, and took 30 ns a packet.
  const low = sum | 0;
  let rest = Math.floor(sum / 0x1_0000_0000) + (low >>> 16) + (low & ALL_ONES);
  while (rest > ALL_ONES) rest = (rest >>> 16) + (rest & ALL_ONES);
  return rest === 0 ? ALL_ONES : rest;
}

/** The sum of the bytes as 16-bit words, not folded; exact up to the longest packet. */
export function sumOf(view: DataView, begin: number, end: number): number {
  let sum = 0;
  let at = begin;
  // A word of 32 bits is its two halves, since 2^16 is 1 here.
  for (const last = end - 4; at <= last; at += 4) sum += view.getUint32(at);
  if (at + 2 <= end) {
    sum += view.getUint16(at);
    at += 2;
  }
  return at < end ? sum + view.getUint8(at) * 256 : sum;
}

/** Of the addresses, the protocol and the length of what is behind the IP header. */
export function pseudoHeaderSum(fields: PacketFields, protocol: number, bytes: number): number {
  const { view, networkAt } = fields;
  const isInet6 = fields.network === NETWORK.ipv6;
  const from = networkAt + (isInet6 ? 8 : 12);
  return sumOf(view, from, from + (isInet6 ? 32 : 8)) + protocol + bytes;
}
