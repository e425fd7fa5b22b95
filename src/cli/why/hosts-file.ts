/**
 * A hosts file: names with their addresses.
 *
 * Source: hosts(5).
 *
 * @module
 */

import { type Address, parseAddress } from '../../net/address.ts';

/** Names, in lower case, and their addresses. */
export type HostsFile = ReadonlyMap<string, readonly Address[]>;

/** Every name with its addresses, in the order of the file. */
export function parseHostsFile(text: string): HostsFile {
  const names = new Map<string, Address[]>();
  for (const line of text.split('\n')) {
    const [first = '', ...rest] = line.replace(/#.*/, '').trim().split(/\s+/);
    const address = parseAddress(first);
    if (address === undefined) continue;
    for (const name of rest) {
      const addresses = names.get(name.toLowerCase());
      if (addresses === undefined) names.set(name.toLowerCase(), [address]);
      else addresses.push(address);
    }
  }
  return names;
}
