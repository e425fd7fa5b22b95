/**
 * Which devices the chains of ingress and egress are bound to, as `nft list chains` prints it: `nft -j` (1.0.6) leaves
 * it out.
 *
 *     table netdev t {
 *     	chain one {
 *     		type filter hook ingress device "eth0" priority filter; policy accept;
 *     	}
 *     	chain two {
 *     		type filter hook egress devices = { eth0, eth1 } priority filter; policy accept;
 *     	}
 *     }
 *
 * A name may hold a comma, but no white space. Where a chain has a comment, its words cannot be taken for the line.
 *
 * Source: nft(8), "list chains"; seen with nftables 1.0.6, test/live/netfilter-devices.test.ts.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';

/** Devices by chain; a chain that is not in there is bound to none, or nobody said. */
export type BoundDevices = ReadonlyMap<string, readonly DeviceName[]>;

export const NO_BOUND_DEVICES: BoundDevices = new Map();

/** One text for one chain. */
export function boundKey(family: string, table: string, chain: string): string {
  return [family, table, chain].join(' ');
}

/** Read the listing; what is not understood is passed over. */
export function parseBoundDevices(text: string): BoundDevices {
  const bound = new Map<string, readonly DeviceName[]>();
  let table: readonly [family: string, name: string] | undefined;
  let chain: string | undefined;
  for (const line of text.split('\n')) {
    const [, family, tableName] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    if (family !== undefined && tableName !== undefined) table = [family, tableName];
    chain = /^\tchain (\S+) \{/.exec(line)?.[1] ?? chain;
    const devices = /^\t\ttype \S+ hook (?:ingress|egress) (.*) priority /.exec(line)?.[1];
    if (devices === undefined || table === undefined || chain === undefined) continue;
    bound.set(boundKey(...table, chain), devicesIn(devices));
  }
  return bound;
}

/** `device "eth0"`, `device eth0` or `devices = { eth0, eth1 }`. */
function devicesIn(words: string): readonly DeviceName[] {
  const [, one, several] = /^(?:device (\S+)|devices = \{ (.*) \})$/.exec(words) ?? [];
  const names = one !== undefined ? [one] : (several?.split(', ') ?? []);
  return names.map((name) => name.replace(/^"(.*)"$/, '$1') as DeviceName);
}
