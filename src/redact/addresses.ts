/**
 * Addresses to other addresses, so that the network stays the same network: two that share their first n bits share
 * theirs afterwards, so every prefix holds what it held, and the model walks the same way.
 *
 * Each bit is turned over or not by a keyed hash of the bits before it (Xu et al., Crypto-PAn, ICNP 2002). Three things
 * differ. What an address is stays: 10.0.0.0/8, 192.168.0.0/16, fd00::/8 and the like are scrambled within, and a bit is
 * turned only where neither half holds such a range, so that a public address stays a public one. The host's part stays
 * (the last 8 bits, the small interface identifiers of IPv6), so that .1 is still .1, .255 still broadcast, and a
 * range within a net still a range. And the first bit that may be turned is always turned, so that no net stays what
 * it was. What is the same everywhere (127.0.0.0/8, link-local IPv4, groups, masks) is left as it is.
 *
 * That hides numbers, not the plan: who knows that one net is 10.0.1.0/24 knows where its neighbour begins.
 *
 * Source: IANA special-purpose registries (RFC 6890); RFC 4291 sections 2.5.1 (EUI-64) and 2.7.1 (solicited-node).
 *
 * @module
 */

import { type Address, addressBits, addressFromBits, FAMILY_BITS, type Family, familyOf } from '../net/address.ts';
import { contains, type Prefix } from '../net/prefix.ts';
import type { Keyed } from './keyed.ts';
import { redactMac } from './macs.ts';

/** Within `scrambled` ranges bits are turned; `kept` ranges stay. */
const RANGES: readonly { readonly bits: bigint; readonly length: number; readonly how: 'kept' | 'scrambled' }[] = [
  { bits: 0x00000000n, length: 8, how: 'kept' },
  { bits: 0x0a000000n, length: 8, how: 'scrambled' },
  { bits: 0x64400000n, length: 10, how: 'scrambled' },
  { bits: 0x7f000000n, length: 8, how: 'kept' },
  { bits: 0xa9fe0000n, length: 16, how: 'kept' },
  { bits: 0xac100000n, length: 12, how: 'scrambled' },
  { bits: 0xc0a80000n, length: 16, how: 'scrambled' },
  { bits: 0xe0000000n, length: 3, how: 'kept' },
];

/** The host's part stays: in IPv4 these last bits. */
const HOST_BITS = 8;
const NET_BITS: Readonly<Record<Family, number>> = { inet: FAMILY_BITS.inet - HOST_BITS, inet6: 64 };
/** Interface identifiers up to here were chosen by a person: `::1`, `::53`. */
const SMALL_IDENTIFIER = 0x10000n;
const LOW_64 = (1n << 64n) - 1n;

/** The replacement of addresses, always the same for the same key. */
export type RedactAddress = (address: Address) => Address;

/** @param ranges Covered by a range of addresses that some rule names: its order is kept, so the bits behind stay. */
export function addressRedaction(keyed: Keyed, ranges: readonly Prefix[]): RedactAddress {
  const turned = new Map<string, boolean>();
  const isTurned = (node: string): boolean => {
    const known = turned.get(node) ?? (keyed(`bit ${node}`)[0] ?? 0) >= 0x80;
    turned.set(node, known);
    return known;
  };
  const scramble = (bits: bigint, from: number, to: number, family: Family): bigint => {
    const width = FAMILY_BITS[family];
    let result = bits;
    let isFirst = true;
    for (let depth = from; depth < to; depth++) {
      const before = bits >> BigInt(width - depth);
      if (family === 'inet' && holdsRange(before, depth)) continue;
      if (isFirst || isTurned(`${family} ${depth} ${before}`)) result ^= 1n << BigInt(width - 1 - depth);
      isFirst = false;
    }
    return result;
  };
  const netEnd = (bits: bigint, family: Family): number => {
    const covering = ranges.filter((range) => contains(range, addressFromBits(family, bits)));
    return Math.min(NET_BITS[family], ...covering.map(({ length }) => length));
  };

  const redactInet = (bits: bigint): bigint => {
    const range = RANGES.find(
      ({ bits: start, length }) => bits >> BigInt(32 - length) === start >> BigInt(32 - length),
    );
    if (range?.how === 'kept') return bits;
    return scramble(bits, range?.length ?? 0, netEnd(bits, 'inet'), 'inet');
  };
  const redactIdentifier = (bits: bigint): bigint => {
    const identifier = bits & LOW_64;
    const mac = macOfIdentifier(identifier);
    if (mac !== undefined) return identifierOfMac(redactMac(mac, keyed, (octets) => octets));
    if (identifier < SMALL_IDENTIFIER || netEnd(bits, 'inet6') < NET_BITS.inet6) return identifier;
    return scramble(bits, 64, 128 - HOST_BITS, 'inet6') & LOW_64;
  };
  const redactInet6 = (bits: bigint): bigint => {
    const upper = bits >> 32n;
    if (upper === 0n) return bits;
    // Mapped (::ffff:0:0/96) and translated (64:ff9b::/96) addresses carry one of IPv4.
    if (upper === 0xffffn || upper === 0x64_ff9b_0000_0000_0000_0000n) {
      return (upper << 32n) | redactInet(bits & 0xffff_ffffn);
    }
    const first = bits >> 120n;
    if (first === 0xffn) return bits;
    const isLinkLocal = bits >> 118n === 0x3fan;
    // Global unicast is 2000::/3; of the rest of the space nobody knows what will be what.
    const from = isLinkLocal ? 64 : first >> 1n === 0x7en ? 8 : first >> 5n === 1n ? 3 : 16;
    const net = scramble(bits, from, netEnd(bits, 'inet6'), 'inet6') >> 64n;
    return (net << 64n) | redactIdentifier(bits);
  };

  return (address) => {
    const family = familyOf(address);
    const bits = addressBits(address);
    return addressFromBits(family, family === 'inet' ? redactInet(bits) : redactInet6(bits));
  };
}

/** Of IPv4: whether one of RANGES begins below this node of the tree, so that its halves must not change places. */
function holdsRange(before: bigint, depth: number): boolean {
  return RANGES.some(({ bits, length }) => length > depth && bits >> BigInt(32 - depth) === before);
}

/** The MAC that an identifier was made of (modified EUI-64). */
function macOfIdentifier(identifier: bigint): string | undefined {
  if (((identifier >> 24n) & 0xffffn) !== 0xfffen) return undefined;
  const octets = identifier.toString(16).padStart(16, '0').match(/../g) ?? [];
  const [first = '00', ...rest] = [...octets.slice(0, 3), ...octets.slice(5)];
  return [(Number.parseInt(first, 16) ^ 0x02).toString(16).padStart(2, '0'), ...rest].join(':');
}

function identifierOfMac(mac: string): bigint {
  const [first = '00', ...rest] = mac.split(':');
  const turned = (Number.parseInt(first, 16) ^ 0x02).toString(16).padStart(2, '0');
  return BigInt(`0x${turned}${rest.slice(0, 2).join('')}fffe${rest.slice(2).join('')}`);
}
