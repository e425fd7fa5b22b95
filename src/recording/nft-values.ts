/**
 * The right-hand side of an nft match: single values, ranges, prefixes and the elements of sets, as what our matches
 * hold. `undefined` stands for a value that we cannot read, which makes the whole match unmodelled.
 *
 * Source: libnftables-json(5).
 *
 * @module
 */

import type { Match, NumberRange } from '../host/ruleset.ts';
import {
  type Address,
  addressBits,
  addressFromBits,
  FAMILY_BITS,
  type Family,
  familyOf,
  parseAddress,
} from '../net/address.ts';
import { hostPrefix, type Prefix, prefixOf } from '../net/prefix.ts';
import { asInteger, asList, asObject, asString, type Json, untag } from './nft-json.ts';

/** Elements of a set may carry a timeout, a counter or a comment: the value alone. */
export function bareElement(element: Json): Json {
  return untag(untag(element, 'elem'), 'val') ?? element;
}

/** Numbers and ranges of numbers, each named value looked up with `read`. */
export function numberRanges(
  values: readonly Json[],
  read: (value: Json) => number | undefined = asInteger,
): readonly NumberRange[] | undefined {
  return all(values, (value) => {
    const range = asList(untag(value, 'range'));
    const first = read(range?.[0] ?? value);
    const last = range === undefined ? first : read(range[1] ?? null);
    return first === undefined || last === undefined ? undefined : ([first, last] as const);
  });
}

/** Addresses, prefixes and ranges of one family, as the condition that one side's address is among them. */
export function addressMatch(
  side: 'source' | 'destination',
  family: Family,
  values: readonly Json[],
): Match | undefined {
  const [only] = values;
  const range = values.length === 1 ? addressRange(only ?? null, family) : undefined;
  if (range !== undefined) return { kind: 'address-range', side, negate: false, family, ...range };
  const prefixes = all(values, (value) => prefixesOf(value, family));
  return prefixes && { kind: 'address', side, negate: false, prefixes: prefixes.flat() };
}

/** Each value read, or `undefined` when one of them cannot be. */
export function all<T>(values: readonly Json[], read: (value: Json) => T | undefined): readonly T[] | undefined {
  const results: T[] = [];
  for (const value of values) {
    const result = read(value);
    if (result === undefined) return undefined;
    results.push(result);
  }
  return results;
}

/** An address of the family. */
export function addressOf(value: Json | undefined, family: Family | undefined): Address | undefined {
  const address = parseAddress(asString(value) ?? '');
  return address !== undefined && (family === undefined || familyOf(address) === family) ? address : undefined;
}

/** `{"prefix": {...}}`, and nothing else. */
export function prefixValue(value: Json | undefined): Prefix | undefined {
  const prefix = asObject(untag(value, 'prefix'));
  const address = addressOf(prefix?.['addr'], undefined);
  const length = asInteger(prefix?.['len']);
  if (address === undefined || length === undefined || length > FAMILY_BITS[familyOf(address)]) return undefined;
  return prefixOf(address, length);
}

interface BitRange {
  readonly first: bigint;
  readonly last: bigint;
}

function addressRange(value: Json, family: Family): BitRange | undefined {
  const range = asList(untag(value, 'range'));
  const first = addressOf(range?.[0], family);
  const last = addressOf(range?.[1], family);
  return first && last && { first: addressBits(first), last: addressBits(last) };
}

function prefixesOf(value: Json, family: Family): readonly Prefix[] | undefined {
  const range = addressRange(value, family);
  if (range !== undefined) return cover(family, range);
  const prefix = asObject(untag(value, 'prefix'));
  const address = addressOf(prefix?.['addr'] ?? value, family);
  const length = prefix === undefined ? FAMILY_BITS[family] : asInteger(prefix['len']);
  if (address === undefined || length === undefined || length > FAMILY_BITS[family]) return undefined;
  return [prefix === undefined ? hostPrefix(address) : prefixOf(address, length)];
}

/** The fewest prefixes that together are the range. */
function cover(family: Family, { first, last }: BitRange): readonly Prefix[] {
  const width = FAMILY_BITS[family];
  const prefixes: Prefix[] = [];
  for (let start = first; start <= last; ) {
    let hostBits = 0;
    while (hostBits < width && aligned(start, hostBits + 1) && start + (1n << BigInt(hostBits + 1)) - 1n <= last)
      hostBits++;
    prefixes.push(prefixOf(addressFromBits(family, start), width - hostBits));
    start += 1n << BigInt(hostBits);
  }
  return prefixes;
}

function aligned(start: bigint, hostBits: number): boolean {
  return (start & ((1n << BigInt(hostBits)) - 1n)) === 0n;
}
