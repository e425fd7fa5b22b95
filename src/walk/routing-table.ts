/**
 * A routing table, ready for longest-prefix match: prefix lengths in falling order, and the routes of each network in
 * the order in which the kernel tries them.
 *
 * Source: net/ipv4/fib_trie.c fib_table_lookup(), fib_find_alias() (falling table, falling tos,
 * rising metric), fib_unmerge(); net/ipv6/ip6_fib.c fib6_add_rt2node() (rising metric).
 *
 * @module
 */

import { type Route, TABLE } from '../host/route.ts';
import { type Address, addressBits, FAMILY_BITS, type Family, inetBits } from '../net/address.ts';

/** IPv4 addresses are compared as numbers, which is several times faster than as bigint. */
type Bits = number | bigint;

export interface RoutingTable {
  /** One level a prefix length, longest first. */
  readonly levels: readonly { readonly length: number; readonly routes: ReadonlyMap<Bits, readonly Route[]> }[];
}

/** All tables of one family, by number. */
export function routingTables(routes: readonly Route[], family: Family): ReadonlyMap<number, RoutingTable> {
  const byTable = new Map<number, Route[]>();
  for (const route of routes) {
    if (route.family === family) getOrMake(byTable, route.table, (): Route[] => []).push(route);
  }
  return new Map([...byTable].map(([number, list]) => [number, tableOf(list)]));
}

/**
 * The IPv4 tables local and main as one, which is how the kernel keeps them as long as nobody has touched the policy
 * rules: a longer prefix in main then wins over a shorter one in local.
 */
export function mergedTable(routes: readonly Route[]): RoutingTable {
  return tableOf(
    routes.filter(({ family, table }) => family === 'inet' && (table === TABLE.local || table === TABLE.main)),
  );
}

/**
 * Try the routes that match in the kernel's order, up to the first that is taken.
 *
 * @param take Answers `undefined` for a route that is passed over.
 */
export function firstMatch<T>(
  table: RoutingTable,
  family: Family,
  address: Address,
  take: (route: Route) => T | undefined,
): T | undefined {
  const leading = family === 'inet' ? leadingInet(inetBits(address)) : leadingInet6(addressBits(address));
  for (const { length, routes } of table.levels) {
    for (const route of routes.get(leading(length)) ?? []) {
      const taken = take(route);
      if (taken !== undefined) return taken;
    }
  }
  return undefined;
}

function leadingInet(bits: number): (length: number) => Bits {
  return (length) => (length === 0 ? 0 : bits >>> (32 - length));
}

function leadingInet6(bits: bigint): (length: number) => Bits {
  return (length) => bits >> BigInt(FAMILY_BITS.inet6 - length);
}

function tableOf(routes: readonly Route[]): RoutingTable {
  const levels = new Map<number, Map<Bits, Route[]>>();
  for (const route of routes) {
    const { length, bits } = route.destination;
    const level = getOrMake(levels, length, () => new Map<Bits, Route[]>());
    getOrMake(level, route.family === 'inet' ? Number(bits) : bits, (): Route[] => []).push(route);
  }
  for (const level of levels.values()) {
    for (const list of level.values()) {
      // The sort is stable: of equals, the first of the listing is the first that the kernel tries.
      list.sort((a, b) => b.table - a.table || (b.tos ?? 0) - (a.tos ?? 0) || a.metric - b.metric);
    }
  }
  return {
    levels: [...levels].map(([length, level]) => ({ length, routes: level })).sort((a, b) => b.length - a.length),
  };
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
