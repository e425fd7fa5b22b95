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
import { type Route, TABLE } from '../../host/route.ts';
import { type Address, familyOf, isPrivate } from '../../net/address.ts';
import { covers, defaultPrefix, hostPrefix, type Prefix, prefixOf } from '../../net/prefix.ts';
import { connects, ownersOf } from './owner.ts';
import { isEndHost, matchingRoutes, type Way } from './way.ts';

/** Routes to try, the natural one first; empty when no route could help before something else is repaired. */
export function routesFor(host: Host, netns: Netns, destination: Address, way: Way): readonly Route[] {
  const [hop] = way.hops;
  const out = findLink(host, netns.name, hop.out.device);
  if (out === undefined || !out.up || hop.nexthop === undefined) return [];
  const isDirect = hop.nexthop === destination;
  const via = isDirect ? undefined : hop.nexthop;
  // A gateway outside of our nets is refused by the kernel.
  if (via !== undefined && !connects(out, via)) return [];
  return destinationsFor(host, netns, destination, isDirect).map((prefix) => newRoute(prefix, via, hop.out.device));
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

function overlapsOurs(netns: Netns, prefix: Prefix): boolean {
  return linksOf(netns).some(({ addresses }) =>
    addresses.some((address) => {
      const own = connectedPrefix(address);
      return own !== undefined && (covers(own, prefix) || covers(prefix, own));
    }),
  );
}

function hasDefault(netns: Netns, destination: Address): boolean {
  return matchingRoutes(netns, destination).some(({ destination: prefix }) => prefix.length === 0);
}
