/**
 * The routes that the kernel makes by itself for an address, and takes away with it.
 *
 * IPv4: an address is local whether its device is up or not (but 127/8 comes and goes with lo); its connected and
 * broadcast routes need the device up. IPv6 the same, and a tentative address is not local yet.
 * Not made: the multicast and anycast routes of IPv6, which decide over no unicast packet that we walk.
 *
 * Source: net/ipv4/fib_frontend.c fib_add_ifaddr(), fib_del_ifaddr(); net/ipv6/addrconf.c. Held to the kernel in
 * test/live/faults-apply.test.ts.
 *
 * @module
 */

import { FAMILY_BITS } from '../net/address.ts';
import { broadcastOf, covers, hostPrefix, type Prefix, prefixOf } from '../net/prefix.ts';
import type { InterfaceAddress, Link } from './link.ts';
import { type Route, TABLE } from './route.ts';

const CONNECTED_METRIC = { inet: 0, inet6: 256 } as const; // IP6_RT_PRIO_ADDRCONF

/** All routes that stand for this address, on the device as it is now. */
export function kernelRoutesOf(link: Link, address: InterfaceAddress): readonly Route[] {
  return [
    ...(isUsable(address) ? [localRoute(link, address, hostPrefix(address.address))] : []),
    ...(link.up ? routesOnceUp(link, address) : []),
  ];
}

/** An address never changes, and the search for a cause asks for its network again and again. */
const connectedPrefixes = new WeakMap<InterfaceAddress, Prefix>();

/** The network that the address connects; `undefined` for an address alone. */
export function connectedPrefix(address: InterfaceAddress): Prefix | undefined {
  const alone = address.prefixLength === FAMILY_BITS[address.family] && address.peer === undefined;
  if (alone) return undefined;
  const made = connectedPrefixes.get(address);
  if (made !== undefined) return made;
  const prefix = prefixOf(address.peer ?? address.address, address.prefixLength);
  connectedPrefixes.set(address, prefix);
  return prefix;
}

/** Whether the kernel treats the address as its own already. */
function isUsable(address: InterfaceAddress): boolean {
  return !address.flags.includes('tentative') && !address.flags.includes('dadfailed');
}

function routesOnceUp(link: Link, address: InterfaceAddress): readonly Route[] {
  const prefix = connectedPrefix(address);
  if (prefix === undefined || address.flags.includes('secondary')) return [];
  if (link.detail.kind === 'loopback') {
    return address.family === 'inet'
      ? [localRoute(link, address, prefix), ...broadcastRoute(link, address, prefix)]
      : [];
  }
  const connected = connectedRoute(link, address, prefix);
  return [...(address.flags.includes('noprefixroute') ? [] : [connected]), ...broadcastRoute(link, address, prefix)];
}

/** It leads inside, so carrier does not matter. A secondary address prefers its primary as the source. */
function localRoute(link: Link, address: InterfaceAddress, destination: Prefix): Route {
  const route = kernelRoute(link, primaryOf(link, address), destination);
  const nexthops = route.nexthops.map((hop) => ({ ...hop, flags: [] }));
  return {
    ...route,
    nexthops,
    type: 'local',
    table: TABLE.local,
    metric: 0,
    ...scope(primaryOf(link, address), 'host'),
  };
}

function primaryOf(link: Link, address: InterfaceAddress): InterfaceAddress {
  if (!address.flags.includes('secondary')) return address;
  return link.addresses.find((each) => !each.flags.includes('secondary') && isSameNetwork(each, address)) ?? address;
}

/** The same network and mask, which makes the later of two IPv4 addresses a secondary. */
export function isSameNetwork(a: InterfaceAddress, b: InterfaceAddress): boolean {
  const [one, other] = [connectedPrefix(a), connectedPrefix(b)];
  return one !== undefined && other !== undefined && one.length === other.length && covers(one, other);
}

function connectedRoute(link: Link, address: InterfaceAddress, destination: Prefix): Route {
  return {
    ...kernelRoute(link, address, destination),
    type: 'unicast',
    table: TABLE.main,
    metric: CONNECTED_METRIC[address.family],
    ...scope(address, 'link'),
  };
}

function broadcastRoute(link: Link, address: InterfaceAddress, prefix: Prefix): readonly Route[] {
  const last = broadcastOf(prefix);
  if (last === undefined) return [];
  const route = kernelRoute(link, address, hostPrefix(last));
  return [{ ...route, type: 'broadcast', table: TABLE.local, metric: 0, ...scope(address, 'link') }];
}

function kernelRoute(link: Link, address: InterfaceAddress, destination: Prefix) {
  const flags = link.up && !link.carrier ? ['linkdown'] : [];
  return {
    family: address.family,
    destination,
    nexthops: [{ via: undefined, device: link.name, weight: 1, flags }],
    protocol: 'kernel',
    unmodelled: [],
  };
}

/** IPv6 routes have no scope, and these no preferred source. */
function scope(address: InterfaceAddress, inet: 'host' | 'link'): Pick<Route, 'scope' | 'prefsrc'> {
  return address.family === 'inet' ? { scope: inet, prefsrc: address.address } : { scope: 'global' };
}
