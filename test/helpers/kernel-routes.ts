/**
 * The routes that the kernel makes by itself for a device and its addresses.
 *
 * IPv4: an address is local whether its device is up or not; the connected and broadcast routes need the device up.
 * IPv6: nothing without the device up.
 *
 * Source: net/ipv4/fib_frontend.c fib_add_ifaddr(), net/ipv6/addrconf.c; seen with `ip -d route show table all`.
 *
 * @module
 */

import type { InterfaceAddress, Link } from '../../src/host/link.ts';
import { type Route, TABLE } from '../../src/host/route.ts';
import { type Address, isLinkLocal } from '../../src/net/address.ts';
import { broadcastOf, hostPrefix, type Prefix, parsePrefix, prefixOf } from '../../src/net/prefix.ts';

/** All of them, as `ip route show table all` would list them. */
export function kernelRoutes(link: Link, forwarding6: boolean): readonly Route[] {
  const own = link.addresses.flatMap((each) =>
    each.family === 'inet' ? inetRoutes(link, each) : link.up ? inet6Routes(link, each, forwarding6) : [],
  );
  const multicast = parsePrefix('ff00::/8');
  const hasInet6 =
    link.up && link.detail.kind !== 'loopback' && link.addresses.some(({ family }) => family === 'inet6');
  return hasInet6 && multicast ? [...own, inet6(link, 'multicast', TABLE.local, multicast, 256)] : own;
}

function inetRoutes(link: Link, address: InterfaceAddress): readonly Route[] {
  const local = inet(link, 'local', TABLE.local, hostPrefix(address.address), 'host', address.address);
  const network = prefixOf(address.peer ?? address.address, address.prefixLength);
  const isSecondary = address.flags.includes('secondary');
  if (!link.up) return [local];
  if (link.detail.kind === 'loopback' && address.address.startsWith('127.')) {
    return [
      inet(link, 'local', TABLE.local, network, 'host', address.address),
      local,
      ...broadcast(link, network, address.address),
    ];
  }
  const connects = address.prefixLength < 32 || address.peer !== undefined;
  if (!connects || isSecondary || address.flags.includes('noprefixroute')) return [local];
  return [
    inet(link, 'unicast', TABLE.main, network, 'link', address.address),
    local,
    ...broadcast(link, network, address.address),
  ];
}

function broadcast(link: Link, network: Prefix, source: Address): readonly Route[] {
  const last = broadcastOf(network);
  return last === undefined ? [] : [inet(link, 'broadcast', TABLE.local, hostPrefix(last), 'link', source)];
}

function inet6Routes(link: Link, address: InterfaceAddress, forwarding: boolean): readonly Route[] {
  const isUsable = !address.flags.includes('tentative') && !address.flags.includes('dadfailed');
  const network = prefixOf(address.peer ?? address.address, address.prefixLength);
  const routes: Route[] = [];
  if (isUsable) routes.push(inet6(link, 'local', TABLE.local, hostPrefix(address.address), 0));
  if (link.detail.kind === 'loopback' || address.flags.includes('noprefixroute')) return routes;
  if (address.prefixLength < 128 || address.peer !== undefined) {
    routes.push(inet6(link, 'unicast', TABLE.main, network, 256));
  }
  // A router answers the subnet-router anycast address (RFC 4291 section 2.6.1).
  if (forwarding && address.prefixLength < 127 && (isUsable || isLinkLocal(address.address))) {
    routes.push(inet6(link, 'anycast', TABLE.local, hostPrefix(network.address), 0));
  }
  return routes;
}

function inet(
  link: Link,
  type: Route['type'],
  table: number,
  destination: Prefix,
  scope: Route['scope'],
  prefsrc: Address,
): Route {
  return { ...common(link, type, table, destination), family: 'inet', metric: 0, scope, prefsrc };
}

function inet6(link: Link, type: Route['type'], table: number, destination: Prefix, metric: number): Route {
  return { ...common(link, type, table, destination), family: 'inet6', metric, scope: 'global' };
}

function common(link: Link, type: Route['type'], table: number, destination: Prefix) {
  const flags = link.up && !link.carrier ? ['linkdown'] : [];
  return {
    type,
    table,
    destination,
    protocol: 'kernel',
    nexthops: [{ via: undefined, device: link.name, weight: 1, flags }],
    unmodelled: [],
  };
}
