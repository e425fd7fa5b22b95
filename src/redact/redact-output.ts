/**
 * What one command printed, redacted by its own format: JSON value by value, so that a device called `dev` is no key;
 * texts of people (comments, log prefixes) as a whole; and what packs addresses into other forms.
 *
 * @module
 */

import { addressBits, addressFromBits, parseAddress } from '../net/address.ts';
import { parseIprouteJson } from '../recording/iproute-json.ts';
import type { RecordedOutput } from '../recording/recording.ts';
import type { RedactAddress } from './addresses.ts';
import type { Keyed } from './keyed.ts';
import { redactComment } from './pseudonyms.ts';
import { redactWithin } from './redact-text.ts';

/** How parts of it are changed. */
export interface PartRedaction {
  readonly text: (text: string) => string;
  readonly address: RedactAddress;
  readonly keyed: Keyed;
}

/** The same output of the other network. */
export function redactOutput(key: string, output: RecordedOutput, by: PartRedaction): RecordedOutput {
  return {
    ...output,
    command: output.command.map(by.text),
    stdout: redactStdout(key, output.stdout, by),
    stderr: by.text(output.stderr),
  };
}

function redactStdout(key: string, stdout: string, by: PartRedaction): string {
  if (/^\s*[[{]/.test(stdout)) return redactJson(stdout, by);
  return by.text(FORMATS.find(({ of }) => of.test(key))?.redact(stdout, by) ?? stdout);
}

/** What is done before names and addresses are. */
const FORMATS: readonly { readonly of: RegExp; readonly redact: (text: string, by: PartRedaction) => string }[] = [
  { of: /^(ip6?|eb)tables|^ipset$/, redact: redactQuoted },
  { of: /^nft-chains$/, redact: redactComments },
  { of: /^sockets$/, redact: (text) => text.replaceAll(/ cgroup:\S+/g, ' cgroup:/redacted') },
  { of: /^filter /, redact: redactU32 },
];

/** Everything in quotes, and the value of an option for texts when it needed none. */
function redactQuoted(text: string, { keyed }: PartRedaction): string {
  const said = text.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, words: string) => `"${redactComment(words, keyed)}"`);
  return said.replaceAll(
    /( (?:--comment|--log-prefix|--nflog-prefix|--string|--hex-string|--path) )([^"\s]\S*)/g,
    (_, option: string, words: string) => option + redactComment(words, keyed),
  );
}

/** Those of chains; devices stand in quotes, too. */
function redactComments(text: string, { keyed }: PartRedaction): string {
  return text.replaceAll(/\bcomment "([^"]*)"/g, (_, words: string) => `comment "${redactComment(words, keyed)}"`);
}

/** `match 0a000001/ffffffff at 16`: the addresses of an IPv4 header. */
function redactU32(text: string, { address }: PartRedaction): string {
  return text.replaceAll(
    /match ([0-9a-f]{8})\/([0-9a-f]{8}) at (12|16)\b/g,
    (_, value: string, mask: string, at: string) => {
      const bits = BigInt(`0x${value}`);
      const redacted = addressBits(address(addressFromBits('inet', bits))) & BigInt(`0x${mask}`);
      return `match ${redacted.toString(16).padStart(8, '0')}/${mask} at ${at}`;
    },
  );
}

/** Values of these are words of the tools: a device called REACHABLE does not change a neighbour's state. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...['flags', 'state', 'operstate', 'scope', 'family', 'link_type', 'info_kind', 'info_slave_kind', 'qdisc', 'type'],
  ...['protocol', 'hook', 'policy', 'op', 'group', 'pref', 'mode'],
]);

/** Written for people. */
const TEXTS: ReadonlySet<string> = new Set(['comment', 'ifalias', 'prefix']);

/** A prefix and a range as nft writes them, a key, and any other string. */
const TOKENS = new RegExp(
  [
    String.raw`(?<before>"addr":\s*")(?<net>[0-9a-fA-F.:]+)(?<between>",\s*"len":\s*(?<length>\d+))`,
    String.raw`(?<start>"range":\s*\[\s*")(?<first>[0-9a-fA-F.:]+)(?<comma>",\s*")(?<last>[0-9a-fA-F.:]+)"`,
    String.raw`(?<string>"(?:[^"\\]|\\.)*")(?<colon>\s*:)?`,
  ].join('|'),
  'g',
);

/** String by string, and not parsed: iproute2 writes some keys twice in one object, and both are to stay. */
function redactJson(json: string, by: PartRedaction): string {
  let key = '';
  return json.replace(TOKENS, (...args: unknown[]) => {
    const whole = String(args[0]);
    const {
      before,
      net = '',
      between,
      length,
      start,
      first,
      comma,
      last,
      string = '',
      colon,
    } = args.at(-1) as Partial<Record<string, string>>;
    if (before !== undefined || start !== undefined) key = '';
    if (before !== undefined) return `${before}${redactNet(net, Number(length), by)}${between}`;
    if (start !== undefined) return `${start}${by.text(`${first}-${last}`).replace('-', comma ?? '')}"`;
    const value = stringOf(string);
    if (value === undefined) return by.text(whole);
    if (colon === undefined) return JSON.stringify(redactString(value, key, by));
    key = value;
    return whole;
  });
}

function stringOf(literal: string): string | undefined {
  try {
    return String(parseIprouteJson(literal));
  } catch {
    return undefined;
  }
}

function redactString(value: string, key: string, by: PartRedaction): string {
  if (KEYWORDS.has(key)) return value;
  return TEXTS.has(key) ? redactComment(value, by.keyed) : by.text(value);
}

function redactNet(text: string, length: number, { address }: PartRedaction): string {
  const parsed = parseAddress(text);
  return parsed === undefined ? text : redactWithin(parsed, length, address);
}
