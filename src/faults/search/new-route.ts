/**
 * The route that a person would add: which destination, through whom.
 *
 * To a net of ours by its own prefix; to the rest of the world by `default`, where an end host has none yet. Directly
 * onto the link when the owner sits on it, else through the neighbour that leads there.
 *
 * @module
 */

import { findLink, type Host, linksOf, type Netns } from '../../host/host.ts';
import { connectedPrefix } from '../../host/kernel-routes.ts';
import type { Link } from '../../host/link.ts';
import { type Route, TABLE } from '../../host/route.ts';
import { type Address, type Family, familyOf, isPrivate } from '../../net/address.ts';
import { covers, defaultPrefix, hostPrefix, type Prefix, prefixOf } from '../../net/prefix.ts';
import { connects, ownersOf, routableAddresses } from './owner.ts';
import { isEndHost, matchingRoutes, type Way } from './way.ts';

/** Routes to try, the natural one first; empty when no route could help before something else is repaired. */
export function routesFor(host: Host, netns: Netns, destination: Address, way: Way): readonly Route[] {
  const [hop] = way.hops;
  const out = findLink(host, netns.name, hop.out.device);
  if (out === undefined || !out.up || hop.nexthop === undefined) return [];
  const isDirect = hop.nexthop === destination;
  const via = isDirect ? undefined : hop.nexthop;
  // A gateway outside of our nets is refused by the kernel, unless it is told that it need not be in one.
  const isConnected = via === undefined || connects(out, via);
  if (!isConnected && !standsAlone(out, familyOf(destination))) return [];
  return destinationsFor(host, netns, destination, isDirect).map((prefix) => {
    const route = newRoute(prefix, via, hop.out.device);
    return isConnected ? route : onlink(route);
  });
}

/** Whether the device has addresses, and all of them are without a network, as clouds and CNI plugins give them out. */
function standsAlone(link: Link, family: Family): boolean {
  const own = routableAddresses(link, family);
  return own.length > 0 && own.every((address) => connectedPrefix(address) === undefined);
}

/** As `ip route add ... onlink` makes it. */
function onlink(route: Route): Route {
  return { ...route, nexthops: route.nexthops.map((hop) => ({ ...hop, flags: [...hop.flags, 'onlink'] })) };
}

/** As `ip route add PREFIX [via GATEWAY] dev DEV` makes it. */
export function newRoute(destination: Prefix, via: Address | undefined, device: Route['nexthops'][0]['device']): Route {
  return {
    family: destination.family,
    type: 'unicast',
    table: TABLE.main,
    destination,
    metric: destination.family === 'inet' ? 0 : 1024,
    nexthops: [{ via, device, weight: 1, flags: [] }],
    scope: destination.family === 'inet' && via === undefined ? 'link' : 'global',
    protocol: 'boot',
    unmodelled: [],
  };
}

function destinationsFor(host: Host, netns: Netns, destination: Address, isDirect: boolean): readonly Prefix[] {
  const own = networkOf(host, destination);
  const specific = own === undefined || overlapsOurs(netns, own) ? hostPrefix(destination) : own;
  if (isDirect || hasDefault(netns, destination) || !isEndHost(netns)) return [specific];
  const everything = defaultPrefix(familyOf(destination));
  return own === undefined || !isPrivate(destination) ? [everything, specific] : [specific, everything];
}

/** The network of the destination as its owner has it; `undefined` when nobody owns it, or it stands alone. */
function networkOf(host: Host, destination: Address): Prefix | undefined {
  const [owner] = ownersOf(host, destination);
  if (owner === undefined || connectedPrefix(owner.address) === undefined) return undefined;
  return prefixOf(destination, owner.address.prefixLength);
}

/** Whether the namespace is in that network itself, or has routes to parts of it. */
function overlapsOurs(netns: Netns, prefix: Prefix): boolean {
  const routes = netns.routes.known ? netns.routes.value : [];
  if (routes.some(({ type, destination }) => type === 'unicast' && isWithin(destination, prefix))) return true;
  return linksOf(netns).some(({ addresses }) =>
    addresses.some((address) => {
      const own = connectedPrefix(address);
      return own !== undefined && (covers(own, prefix) || covers(prefix, own));
    }),
  );
}

function isWithin(part: Prefix, whole: Prefix): boolean {
  return part.family === whole.family && part.length > whole.length && covers(whole, part);
}

function hasDefault(netns: Netns, destination: Address): boolean {
  return matchingRoutes(netns, destination).some(({ destination: prefix }) => prefix.length === 0);
}
