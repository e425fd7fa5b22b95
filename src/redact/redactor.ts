/**
 * A recording that can be shown to strangers: other addresses, other MACs, other names, and the same network, so that what
 * is made of it (the model's answer, the fix, the picture, the page) is the same in other words.
 *
 * It is the recording that is changed, before anybody reads it: so there is no report that could forget to. What it
 * replaces and what it leaves stands in README.md.
 *
 * @module
 */

import { type Address, addressBits, addressFromBits, FAMILY_BITS, familyOf, parseAddress } from '../net/address.ts';
import { type Prefix, prefixOf } from '../net/prefix.ts';
import type { RecordedNamespace, RecordedOutput, Recording } from '../recording/recording.ts';
import { addressRedaction, type RedactAddress } from './addresses.ts';
import { type Keyed, keyedHex } from './keyed.ts';
import { namesIn } from './known-names.ts';
import { isKnownWord } from './known-words.ts';
import { redactMac } from './macs.ts';
import { type KnownName, pseudonymsOf } from './pseudonyms.ts';
import { redactOutput } from './redact-output.ts';
import { rangesIn, textRedaction } from './redact-text.ts';

/** Changes everything in the same way. */
export interface Redactor {
  readonly recording: (recording: Recording) => Recording;
  /** Any text: a message, what a program printed. */
  readonly text: (text: string) => string;
  /** All texts within a value. */
  readonly value: <T>(value: T) => T;
}

/**
 * @param recording What is known of the network: its names are replaced wherever they stand.
 * @param words Names that are none of the recording's: what somebody typed.
 */
export function redactorOf(recording: Recording | undefined, words: readonly string[], keyed: Keyed): Redactor {
  const printed = recording === undefined ? [] : textsOf(recording);
  const known = recording === undefined ? { names: [], beginnings: [] } : namesIn(recording);
  const typed = words.filter((word) => parseAddress(word) === undefined).map(namedWord);
  const address = withEdges(addressRedaction(keyed, rangesOf(printed)), printed);
  const lowOctets = lowOctetsOf(printed, address, keyed);
  const mac = (text: string) => redactMac(text, keyed, lowOctets);
  const pseudonyms = pseudonymsOf([...known.names, ...typed], known.beginnings, keyed);
  const all = withSolicited(address, lowOctets);
  const text = textRedaction({ address: all, mac, pseudonyms });
  // A namespace called `tcp` is none where iptables says tcp.
  const unmistakable = new Map([...pseudonyms].filter(([name]) => !isKnownWord(name)));
  const printedText = textRedaction({ address: all, mac, pseudonyms: unmistakable });
  const parts = { text: printedText, address: all, keyed };
  const output = (key: string, each: RecordedOutput) => redactOutput(key, each, parts);
  return {
    text,
    value: (value) => mapTexts(value, text),
    recording: (whole) => ({
      ...whole,
      namespaces: whole.namespaces.map((namespace) => redactNamespace(namespace, text, output)),
      notes: whole.notes.map(text),
    }),
  };
}

function namedWord(name: string): KnownName {
  return { name, kind: 'name' };
}

function redactNamespace(
  namespace: RecordedNamespace,
  text: (text: string) => string,
  output: (key: string, output: RecordedOutput) => RecordedOutput,
): RecordedNamespace {
  const { outputs, name, aliases, entry, obstacle } = namespace;
  return {
    ...namespace,
    name: text(name),
    aliases: aliases.map(text),
    entry: mapTexts(entry, text),
    obstacle: obstacle === null ? null : text(obstacle),
    outputs: Object.fromEntries(Object.entries(outputs).map(([key, each]) => [text(key), output(key, each)])),
  };
}

/** What says what kind of thing it is, in words of ours. */
const KEYWORDS: ReadonlySet<string> = new Set(['kind', 'leg', 'direction', 'proto', 'family', 'stage']);

function mapTexts<T>(value: T, text: (text: string) => string): T;
function mapTexts(value: unknown, text: (text: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, KEYWORDS.has(key) ? each : mapTexts(each, text)]),
  );
}

function textsOf({ namespaces }: Recording): readonly string[] {
  return namespaces.flatMap(({ outputs }) => Object.values(outputs).map(({ stdout }) => stdout));
}

/** So much of IPv4 may keep its order for the sake of one range; a longer one is taken apart. */
const SHORTEST_RANGE = { inet: 16, inet6: 48 };

function rangesOf(printed: readonly string[]): readonly Prefix[] {
  const listed = printed.flatMap((text) =>
    // nft has the ends of a range in a list.
    rangesIn(text.replaceAll(/"range":\s*\[\s*"([^"]+)",\s*"([^"]+)"\s*\]/g, ' $1-$2 ')),
  );
  return listed.filter(({ length, family }) => length >= SHORTEST_RANGE[family]);
}

const INTERFACE_NET = /"local":\s*"([^"]+)"[^{}]*?"prefixlen":\s*(\d+)/g;

/** The last address of a net that an interface is in is its broadcast address, and stays that of the net. */
function withEdges(redact: RedactAddress, printed: readonly string[]): RedactAddress {
  const edges = new Map<Address, Address>();
  for (const text of printed) {
    for (const [, local = '', length = ''] of text.matchAll(INTERFACE_NET)) {
      const address = parseAddress(local);
      if (address === undefined || familyOf(address) !== 'inet') continue;
      const [before, after] = [prefixOf(address, Number(length)), prefixOf(redact(address), Number(length))];
      edges.set(lastOf(before), lastOf(after));
    }
  }
  return (address) => edges.get(address) ?? redact(address);
}

function lastOf({ address, length, family }: Prefix): Address {
  const size = 1n << BigInt(FAMILY_BITS[family] - length);
  return addressFromBits(family, addressBits(address) + size - 1n);
}

/** The last three octets of each IPv6 address, by which neighbours ask for it (RFC 4291 section 2.7.1). */
function lowOctetsOf(printed: readonly string[], redact: RedactAddress, keyed: Keyed): (octets: string) => string {
  const low = new Map<string, string>();
  for (const text of printed) {
    for (const [found] of text.matchAll(/[0-9a-f]{1,4}:[0-9a-f:]*:[0-9a-f]{0,4}/g)) {
      const address = parseAddress(found);
      if (address !== undefined && !address.startsWith('ff')) low.set(octetsOf(address), octetsOf(redact(address)));
    }
  }
  return (octets) => low.get(octets) ?? keyedHex(keyed, `low ${octets}`, 6).replace(/..(?=.)/g, '$&:');
}

function octetsOf(address: Address): string {
  const hex = (addressBits(address) & 0xff_ffffn).toString(16).padStart(6, '0');
  return hex.replace(/..(?=.)/g, '$&:');
}

const SOLICITED = 0xff02_0000_0000_0000_0000_0001_ffn;

function withSolicited(redact: RedactAddress, lowOctets: (octets: string) => string): RedactAddress {
  return (address) => {
    if (!address.startsWith('ff02::1:ff') || addressBits(address) >> 24n !== SOLICITED) return redact(address);
    const low = BigInt(`0x${lowOctets(octetsOf(address)).replaceAll(':', '')}`);
    return addressFromBits('inet6', (SOLICITED << 24n) | low);
  };
}
