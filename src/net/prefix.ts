/**
 * Prefixes (networks): an address and how many of its leading bits count.
 *
 * @module
 */

import {
  type Address,
  addressBits,
  addressFromBits,
  FAMILY_BITS,
  type Family,
  familyOf,
  inetBits,
  parseAddress,
} from './address.ts';

/** A network. Bits behind `length` are zero; `bits` and `shift` are derived once, for matching. */
export interface Prefix {
  readonly family: Family;
  readonly address: Address;
  readonly length: number;
  /** The leading `length` bits of the address, as a number. */
  readonly bits: bigint;
}

/** The network of `address` at this length: its host bits are cleared. @throws RangeError on an impossible length. */
export function prefixOf(address: Address, length: number): Prefix {
  const family = familyOf(address);
  const width = FAMILY_BITS[family];
  if (!Number.isInteger(length) || length < 0 || length > width) throw new RangeError(`/${length} for ${address}`);
  const shift = BigInt(width - length);
  const bits = addressBits(address) >> shift;
  return { family, address: addressFromBits(family, bits << shift), length, bits };
}

/** Everything: 0.0.0.0/0 or ::/0, what iproute2 calls `default`. */
export function defaultPrefix(family: Family): Prefix {
  return prefixOf((family === 'inet' ? '0.0.0.0' : '::') as Address, 0);
}

/** The prefix that holds this address alone. */
export function hostPrefix(address: Address): Prefix {
  return prefixOf(address, FAMILY_BITS[familyOf(address)]);
}

/** Parse `10.0.0.0/24`, or an address alone as its host prefix. `undefined` when it is neither. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return hostPrefix(address);
  const length = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(length) || Number(length) > FAMILY_BITS[familyOf(address)]) return undefined;
  return prefixOf(address, Number(length));
}

/** Whether the address lies in the prefix; never across families. */
export function contains(prefix: Prefix, address: Address): boolean {
  if (familyOf(address) !== prefix.family) return false;
  if (prefix.length === 0) return true;
  if (prefix.family === 'inet') return inetBits(address) >>> (32 - prefix.length) === Number(prefix.bits);
  return addressBits(address) >> BigInt(FAMILY_BITS[prefix.family] - prefix.length) === prefix.bits;
}

/** Whether every address of `inner` is in `outer`. */
export function covers(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && contains(outer, inner.address);
}

/** As iproute2 prints a network: `10.0.0.0/24`, a host without its length, everything as `default`. */
export function formatRoutePrefix(prefix: Prefix): string {
  if (prefix.length === 0) return 'default';
  return prefix.length === FAMILY_BITS[prefix.family] ? prefix.address : formatPrefix(prefix);
}

/** Always with its length: `10.0.0.0/24`. */
export function formatPrefix(prefix: Prefix): string {
  return `${prefix.address}/${prefix.length}`;
}

/** The last address of an IPv4 prefix shorter than /31; IPv6 and /31, /32 (RFC 3021) have no broadcast address. */
export function broadcastOf(prefix: Prefix): Address | undefined {
  if (prefix.family === 'inet6' || prefix.length > 30) return undefined;
  const hostBits = BigInt(32 - prefix.length);
  return addressFromBits('inet', ((prefix.bits + 1n) << hostBits) - 1n);
}
