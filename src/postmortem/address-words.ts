/**
 * Addresses as they stand in `PacketFields`: four words, of which IPv4 uses the last.
 *
 * @module
 */

import { type Address, parseAddress } from '../net/address.ts';
import { NETWORK, PACKET_TYPE, type PacketFields } from '../wire/fields.ts';

/** How many words an address has in a key. */
export const ADDRESS_WORDS = 4;

export function writeSource(key: Int32Array, at: number, fields: PacketFields): void {
  key[at] = fields.source0;
  key[at + 1] = fields.source1;
  key[at + 2] = fields.source2;
  key[at + 3] = fields.source3;
}

export function writeDest(key: Int32Array, at: number, fields: PacketFields): void {
  key[at] = fields.dest0;
  key[at + 1] = fields.dest1;
  key[at + 2] = fields.dest2;
  key[at + 3] = fields.dest3;
}

/** Four words of the packet's bytes; 0 beyond what was captured. */
export function writeBytes(key: Int32Array, at: number, { view }: PacketFields, from: number): void {
  for (let word = 0; word < ADDRESS_WORDS; word++) {
    const place = from + word * 4;
    key[at + word] = place + 4 <= view.byteLength ? view.getInt32(place) : 0;
  }
}

/** The address that begins there, as text. `::1.2.3.4` reads as IPv4: nobody sends from such an address. */
export function addressText(words: Int32Array, at: number): Address {
  const [a = 0, b = 0, c = 0, d = 0] = words.subarray(at, at + ADDRESS_WORDS);
  if (a === 0 && b === 0 && c === 0 && d >>> 0 > 0xffff) return inet(d);
  if (a === 0 && b === 0 && c === 0 && d === 0) return inet(0);
  const groups = [a, b, c, d].flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]);
  return parseAddress(groups.join(':')) ?? inet(0);
}

function inet(word: number): Address {
  return [word >>> 24, (word >>> 16) & 0xff, (word >>> 8) & 0xff, word & 0xff].join('.') as Address;
}

/** 10/8, 172.16/12, 192.168/16 (RFC 1918). */
export function isPrivateInet(word: number): boolean {
  return word >>> 24 === 10 || word >>> 20 === 0xac1 || word >>> 16 === 0xc0a8;
}

/** What the world outside would route: not private, shared (RFC 6598), link-local, loopback, multicast or reserved. */
export function isPublicInet(word: number): boolean {
  const first = word >>> 24;
  if (isPrivateInet(word) || first === 0 || first === 127 || first >= 224) return false;
  return word >>> 22 !== 0x191 && word >>> 16 !== 0xa9fe;
}

/** To a group or to everybody, whom nobody need answer: 224/4, 255.255.255.255, ff00::/8, or a broadcast frame. */
export function isMulticastDest(fields: PacketFields): boolean {
  if (fields.packetType === PACKET_TYPE.broadcast || fields.packetType === PACKET_TYPE.multicast) return true;
  if (fields.destinationMacAt !== -1 && (fields.view.getUint8(fields.destinationMacAt) & 1) === 1) return true;
  return fields.network === NETWORK.ipv6 ? fields.dest0 >>> 24 === 0xff : fields.dest3 >>> 28 >= 0xe;
}
