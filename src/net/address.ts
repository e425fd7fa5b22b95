/**
 * IPv4 and IPv6 addresses as values: one canonical text per address, so that `===` compares them and a Map can key on
 * them. IPv6 is written as RFC 5952 has it; a zone (`%eth0`) is no part of an address and does not parse.
 *
 * Source: RFC 791, RFC 4291, RFC 5952; special ranges from the IANA special-purpose registries (RFC 6890).
 *
 * @module
 */

import ipaddr from 'ipaddr.js';

/** Address family in the words of iproute2. */
export type Family = 'inet' | 'inet6';

/** An IP address in its canonical text. Made only by this module. */
export type Address = string & { readonly __brand: 'Address' };

const DOT = 0x2e;
const ZERO = 0x30;

/** How many bits an address of the family has. */
export const FAMILY_BITS: Readonly<Record<Family, number>> = { inet: 32, inet6: 128 };

/**
 * Parse an address as people and tools write it.
 *
 * @returns `undefined` when it is none. IPv4 needs all four decimal parts: `10.1` is refused, although inet_aton(3)
 * reads it as 10.0.0.1, because in a diagnosis it is far more often a slip.
 */
export function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text).toString() as Address;
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.IPv6.parse(text).toRFC5952String() as Address;
}

/** The family that the address is of. */
export function familyOf(address: Address): Family {
  return address.includes(':') ? 'inet6' : 'inet';
}

/** An IPv4 address as an unsigned number of 32 bits: what a walk compares thousands of times a second. */
export function inetBits(address: Address): number {
  let bits = 0;
  let part = 0;
  for (let at = 0; at < address.length; at++) {
    const code = address.charCodeAt(at);
    if (code === DOT) {
      bits = bits * 256 + part;
      part = 0;
    } else part = part * 10 + (code - ZERO);
  }
  return bits * 256 + part;
}

/** The address as an unsigned number of 32 or 128 bits. */
export function addressBits(address: Address): bigint {
  return familyOf(address) === 'inet' ? BigInt(inetBits(address)) : inet6Bits(address);
}

/** Bits of IPv6 addresses that were asked for lately: a walk asks for the same few again and again. */
const lately = new Map<Address, bigint>();
const MOST_LATELY = 4096;

/** From the canonical text: groups of hex digits, `::` once at most, never dots. */
function inet6Bits(address: Address): bigint {
  const known = lately.get(address);
  if (known !== undefined) return known;
  if (lately.size >= MOST_LATELY) lately.clear();
  const bits = parseInet6(address);
  lately.set(address, bits);
  return bits;
}

function parseInet6(address: Address): bigint {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = 8 - before.length - after.length;
  const digits = [...before, ...Array<string>(zeros).fill('0'), ...after].map((group) => group.padStart(4, '0'));
  return BigInt(`0x${digits.join('')}`);
}

/** The address whose bits these are. @throws RangeError when the number does not fit the family. */
export function addressFromBits(family: Family, bits: bigint): Address {
  const length = FAMILY_BITS[family] / 8;
  if (bits < 0n || bits >> BigInt(length * 8) !== 0n) throw new RangeError(`${bits} is no ${family} address`);
  const bytes = Array.from({ length }, (_, index) => Number((bits >> BigInt((length - 1 - index) * 8)) & 0xffn));
  const parsed = ipaddr.fromByteArray(bytes);
  return (parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString()) as Address;
}

/** The address whose 4 or 16 bytes, in network order, these are. @throws RangeError on another length. */
export function addressFromBytes(bytes: Uint8Array): Address {
  if (bytes.length === 4) return bytes.join('.') as Address;
  if (bytes.length !== 16) throw new RangeError(`${bytes.length} bytes are no address`);
  return new ipaddr.IPv6([...bytes]).toRFC5952String() as Address;
}

type Range = ReturnType<ipaddr.IPv4['range']> | ReturnType<ipaddr.IPv6['range']>;

function rangeOf(address: Address): Range {
  return ipaddr.parse(address).range();
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(address: Address): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** 224.0.0.0/4 or ff00::/8. */
export function isMulticast(address: Address): boolean {
  return familyOf(address) === 'inet' ? inetBits(address) >>> 28 === 0xe : /^ff[0-9a-f]{2}:/.test(address);
}

/** 169.254.0.0/16 or fe80::/10. */
export function isLinkLocal(address: Address): boolean {
  return address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/.test(address);
}

/** 0.0.0.0 or ::. */
export function isUnspecified(address: Address): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** RFC 1918 and RFC 6598 (carrier-grade NAT) for IPv4, unique local (RFC 4193) for IPv6: never routed outside. */
export function isPrivate(address: Address): boolean {
  const range = rangeOf(address);
  return range === 'private' || range === 'carrierGradeNat' || range === 'uniqueLocal';
}
