/**
 * Text of any kind with every address, MAC and known name in it replaced.
 *
 * A name is replaced where it stands by itself, that is, not within a longer word; an address with its prefix length or
 * mask stays one.
 *
 * @module
 */

import { type Address, addressBits, addressFromBits, FAMILY_BITS, familyOf, parseAddress } from '../net/address.ts';
import { type Prefix, prefixOf } from '../net/prefix.ts';
import type { RedactAddress } from './addresses.ts';

const MAC = '(?<![0-9a-fA-F:])[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}(?![0-9a-fA-F]*:[0-9a-fA-F]|[0-9a-fA-F])';
/** Of 20 octets, as InfiniBand and some tunnels have it. */
const LONG_MAC = '(?<![0-9a-fA-F:])[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){8,31}(?![0-9a-fA-F:])';
const INET = '(?<![\\w.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\w]|\\.\\w)';
const INET6 =
  '(?<![\\w:.])(?=[0-9a-fA-F:]*:[0-9a-fA-F]*:)[0-9a-fA-F:]{2,39}(?:(?<=:)\\d{1,3}(?:\\.\\d{1,3}){3})?(?![\\w])';
const MASK = '(?:/(?<mask>\\d{1,3}(?:\\.\\d{1,3}){3}|\\d{1,3})(?![\\w.]))?';
const ENDS = `(?<first>${INET}|${INET6})-(?<last>${INET}|${INET6})`;
const RANGE = new RegExp(ENDS, 'g');

/** How text is to be changed. */
export interface TextRedaction {
  readonly address: RedactAddress;
  readonly mac: (mac: string) => string;
  readonly pseudonyms: ReadonlyMap<string, string>;
}

/** Make the function that changes texts. */
export function textRedaction({ address, mac, pseudonyms }: TextRedaction): (text: string) => string {
  const names = [...pseudonyms.keys()].toSorted((a, b) => b.length - a.length).map(namePattern);
  const named = names.length === 0 ? '(?!)' : names.join('|');
  const onlyNames = new RegExp(named, 'gu');
  const parts = [`(?<mac>${LONG_MAC}|${MAC})`, ENDS, `(?<address>${INET}|${INET6})${MASK}`, `(?<name>${named})`];
  const all = new RegExp(parts.join('|'), 'gu');
  const nameOf = (name: string) => pseudonyms.get(name) ?? name;
  return (text) =>
    text.replace(all, (...args: unknown[]) => {
      const whole = String(args[0]);
      const found = args.at(-1) as Readonly<Record<string, string | undefined>>;
      if (found['mac'] !== undefined) return mac(found['mac']);
      if (found['name'] !== undefined) return nameOf(found['name']);
      const place =
        found['first'] === undefined
          ? redactPlace(found['address'] ?? '', found['mask'], address)
          : redactRange(found['first'], found['last'] ?? '', address);
      return place ?? whole.replace(onlyNames, nameOf);
    });
}

/** By itself: what is around it is no part of a name. */
function namePattern(name: string): string {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('-', '\\x2d');
  return `(?<![\\p{L}\\p{N}_-])${escaped}(?![\\p{L}\\p{N}_-])`;
}

/** @returns `undefined` when it only looks like an address: a time, a version, a piece of hexadecimal. */
function redactPlace(text: string, mask: string | undefined, redact: RedactAddress): string | undefined {
  const trailing = /:$/.test(text) && !text.endsWith('::') ? ':' : '';
  const address = parseAddress(trailing === '' ? text : text.slice(0, -1));
  if (address === undefined) return undefined;
  if (mask === undefined) return redact(address) + trailing;
  const length = lengthOfMask(mask);
  return length === undefined || length > FAMILY_BITS[familyOf(address)]
    ? `${redact(address)}/${mask}`
    : `${redactWithin(address, length, redact)}/${mask}`;
}

/** A net stays a net: its host bits are zero before and after. */
export function redactWithin(address: Address, length: number, redact: RedactAddress): Address {
  const isNet = prefixOf(address, length).address === address;
  return isNet ? prefixOf(redact(address), length).address : redact(address);
}

function lengthOfMask(mask: string): number | undefined {
  if (/^\d+$/.test(mask)) return Number(mask);
  const parsed = parseAddress(mask);
  const bits = parsed === undefined ? '' : addressBits(parsed).toString(2).padStart(32, '0');
  return /^1*0*$/.test(bits) && bits !== '' ? bits.lastIndexOf('1') + 1 : undefined;
}

/** Ranges of addresses in the text, as the smallest net that holds each; what is a whole net needs no care. */
export function rangesIn(text: string): readonly Prefix[] {
  return Array.from(text.matchAll(RANGE), ([, first = '', last = '']) => {
    const range = rangeOf(first, last);
    return range === undefined || range.isWhole ? undefined : range.net;
  }).filter((net) => net !== undefined);
}

/** From the first to the last address of a net it is that of the net which this one becomes. */
function redactRange(first: string, last: string, redact: RedactAddress): string | undefined {
  const range = rangeOf(first, last);
  if (range === undefined) return undefined;
  if (!range.isWhole) return [first, last].map((end) => redactPlace(end, undefined, redact)).join('-');
  const { address, length, family } = range.net;
  const start = prefixOf(redact(address), length).address;
  const size = 1n << BigInt(FAMILY_BITS[family] - length);
  return `${start}-${addressFromBits(family, addressBits(start) + size - 1n)}`;
}

/** The smallest net that holds both. */
function rangeOf(first: string, last: string): { readonly net: Prefix; readonly isWhole: boolean } | undefined {
  const [from, to] = [parseAddress(first), parseAddress(last)];
  if (from === undefined || to === undefined || familyOf(from) !== familyOf(to)) return undefined;
  const family = familyOf(from);
  const differing = (addressBits(from) ^ addressBits(to)).toString(2);
  const rest = differing === '0' ? 0 : differing.length;
  const net = prefixOf(from, FAMILY_BITS[family] - rest);
  const size = 1n << BigInt(rest);
  const isWhole = net.address === from && addressBits(to) === addressBits(from) + size - 1n;
  return { net, isWhole };
}
