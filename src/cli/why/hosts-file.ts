/**
 * The hosts file that programs of a namespace see: /etc/netns/NAME/hosts, which `ip netns exec` puts over /etc/hosts,
 * or that one.
 *
 * Source: hosts(5), ip-netns(8).
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import type { Netns } from '../../host/host.ts';
import { type Address, parseAddress } from '../../net/address.ts';
import type { HostsFile } from './question.ts';

/** Names in lower case; a file that cannot be read has none. */
export function readHostsFile(netns: Netns): HostsFile {
  const own = netns.entry.kind === 'named' ? readText(`/etc/netns/${netns.entry.name}/hosts`) : undefined;
  return parseHostsFile(own ?? readText('/etc/hosts') ?? '');
}

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

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
