/**
 * What stands in capitals in the commands of the pages.
 *
 * @module
 */

/** Each with what it is to be replaced by. */
export const PLACEHOLDERS: Readonly<Record<string, string>> = {
  NS: 'the namespace of the fault; for the host itself leave out "-n NS" or "ip netns exec NS"',
  NS2: 'the namespace at the other end',
  FROM: 'the namespace that asks',
  SW: 'the namespace of the bridge',
  DEV: 'the interface',
  DEV2: 'the interface at the other end',
  PEER: 'the other end of the veth',
  PARENT: 'the interface that the macvlan sits on',
  UPLINK: 'the interface to the outside',
  UNDERLAY: 'the interface that carries the tunnel',
  IIF: 'the interface that the packet came in by',
  BR: 'the bridge',
  DST: 'the address that is asked for',
  SRC: 'the address of who asks',
  ADDR: 'an address',
  LEN: 'the length of its prefix, such as 24',
  PREFIX: 'a network with its length, such as 10.0.2.0/24, or default',
  SUBNET: 'the private network with its length',
  GW: 'the address of the next hop',
  MAC: 'a MAC address',
  PORT: 'a TCP or UDP port',
  TABLE: 'a table, of routes or of nft',
  CHAIN: 'a chain of the nft table',
  HANDLE: 'the number that nft prints behind "# handle"',
  PRIO: 'the number before the colon in "ip rule show"',
  N: 'a number',
  NAME: 'the name that is asked for',
  FILE: 'the saved capture',
};

/** Not the letter of an option. */
const CAPITALS = /(?<![-\w])[A-Z]+2?\b/g;

/** The placeholders in these commands, each once, in the order of the table. */
export function placeholdersIn(commands: readonly string[]): readonly string[] {
  const used = new Set(commands.flatMap((command) => command.match(CAPITALS) ?? []));
  return Object.keys(PLACEHOLDERS).filter((name) => used.has(name));
}

/** A text with every placeholder that has a value filled in. */
export function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(CAPITALS, (word) => (Object.hasOwn(values, word) ? (values[word] ?? word) : word));
}
