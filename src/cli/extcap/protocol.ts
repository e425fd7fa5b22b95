/**
 * What Wireshark asks of an extcap, and how it wants it said: sentences of words in braces.
 *
 *     interface {value=ns1:veth0}{display=ns1:veth0, veth to ns2:veth1, 10.0.1.1/24}
 *
 * An interface is called `NAMESPACE:DEVICE`. Wireshark makes names of files and of settings of it, so all but letters, digits,
 * `.`, `_`, `-` and `:` is written as in a URL; a device that is without an Ethernet header has `~ip` behind it, because Wireshark
 * asks for the link type of every device by itself, and nobody shall look at the machine each time.
 *
 * Source: extcap(4); Wireshark's extcap_parser.c for what ends a word.
 *
 * @module
 */

import type { DeviceName, NetnsName } from '../../host/link.ts';
import { escapeText } from '../../report/escape.ts';
import { LINK_TYPE } from '../../wire/link-type.ts';

/** tcpdump's device of all devices. */
export const ANY = 'any' as DeviceName;

/** One line of Wireshark's list. */
export interface ListedInterface {
  readonly netns: NetnsName;
  /** ANY: all of them. */
  readonly device: DeviceName;
  readonly hasEthernet: boolean;
  /** What a person needs to know of it. */
  readonly description: string;
}

/** Which interface a value names. */
export type NamedInterface = Pick<ListedInterface, 'netns' | 'device'>;

/** Stands in the list where nothing could be looked at. */
export const NOTHING_LISTED = 'nsdiag';

const WITHOUT_ETHERNET = '~ip';
const NOT_AS_ITSELF = /[^A-Za-z0-9._:-]/gu;
const UTF8 = new TextEncoder();

/** The answer to --extcap-interfaces. @param obstacle Why namespaces are missing: an entry that tells when it is read. */
export function interfaceLines(
  version: string,
  interfaces: readonly ListedInterface[],
  obstacle: string | undefined,
): readonly string[] {
  const listed = interfaces.map(
    (each) => `interface ${word('value', interfaceValue(each))}${word('display', displayOf(each))}`,
  );
  const note = obstacle === undefined ? [] : [`interface ${word('value', NOTHING_LISTED)}${word('display', obstacle)}`];
  return [`extcap ${word('version', version)}${word('display', 'nsdiag')}`, ...listed, ...note];
}

/** Wireshark's window lists `DISPLAY: VALUE`: a person runs down its left edge, and looks for names there. */
function displayOf({ netns, device, description }: ListedInterface): string {
  return `${netns}:${device}, ${description}`;
}

/** The answer to --extcap-dlts; the capture itself says it again, with what tcpdump found. */
export function linkTypeLine(value: string): string {
  if (value.endsWith(`:${ANY}`)) return dlt(LINK_TYPE.linuxSll2, 'LINUX_SLL2', 'Linux cooked capture v2');
  if (value.endsWith(WITHOUT_ETHERNET)) return dlt(LINK_TYPE.raw, 'RAW', 'Raw IP');
  return dlt(LINK_TYPE.ethernet, 'EN10MB', 'Ethernet');
}

/** As tcpdump names it. */
export function linkTypeName(value: string): string {
  return /\{name=(\w+)\}/.exec(linkTypeLine(value))?.[1] ?? '';
}

function dlt(number: number, name: string, display: string): string {
  return `dlt ${word('number', String(number))}${word('name', name)}${word('display', display)}`;
}

export function interfaceValue({ netns, device, hasEthernet }: Omit<ListedInterface, 'description'>): string {
  const name = `${netns}:${device}`.replace(NOT_AS_ITSELF, (character) =>
    Array.from(UTF8.encode(character), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return hasEthernet || device === ANY ? name : name + WITHOUT_ETHERNET;
}

/** @returns `undefined` for what `interfaceValue()` does not write. */
export function interfaceOf(value: string): NamedInterface | undefined {
  const name = value.endsWith(WITHOUT_ETHERNET) ? value.slice(0, -WITHOUT_ETHERNET.length) : value;
  try {
    const plain = decodeURIComponent(name);
    // A device has no colon in its name; a namespace may.
    const colon = plain.lastIndexOf(':');
    if (colon < 1 || colon === plain.length - 1) return undefined;
    return { netns: plain.slice(0, colon) as NetnsName, device: plain.slice(colon + 1) as DeviceName };
  } catch {
    return undefined;
  }
}

/** A brace would end the word. */
export function word(key: string, text: string): string {
  return `{${key}=${escapeText(text).replaceAll('{', '(').replaceAll('}', ')')}}`;
}
