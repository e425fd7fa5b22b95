/**
 * The way that is used, or was: by a device of ours over which a neighbour has a route to us. When that device is down, or
 * lost its addresses, a route that is missing went with it; another way there is only the second best.
 *
 * @module
 */

import { findLink, findNetns, type Host, linksOf, type Netns } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import type { Route } from '../../host/route.ts';
import { type Address, familyOf } from '../../net/address.ts';
import { contains } from '../../net/prefix.ts';
import { endpointsOf, segmentOf } from '../../topology/wiring.ts';
import { connects, ownersOf, routableAddresses } from './owner.ts';
import { type Way, waysOut, wayTo } from './way.ts';

/** The ways to the destination by devices over which a neighbour has a route to an address that the namespace has elsewhere. */
export function usedWays(host: Host, netns: Netns, destination: Address): readonly Way[] {
  return waysOut(netns).flatMap(({ name }) => {
    const ref = { netns: netns.name, device: name };
    return isRoutedTo(host, netns, ref, destination) ? (wayTo(host, netns.name, destination, name) ?? []) : [];
  });
}

function isRoutedTo(host: Host, netns: Netns, ref: DeviceRef, destination: Address): boolean {
  const family = familyOf(destination);
  const elsewhere = linksOf(netns)
    .filter(({ name }) => name !== ref.device)
    .flatMap((link) => routableAddresses(link, family))
    .filter(({ scope }) => scope === 'global');
  return endpointsOf(host, segmentOf(host, ref)).some((near) => {
    const neighbor = near.ref.netns === netns.name ? undefined : findNetns(host, near.ref.netns);
    const routes = neighbor?.routes.known ? neighbor.routes.value : [];
    return routes.some(
      (route) =>
        route.type === 'unicast' &&
        route.destination.length > 0 &&
        elsewhere.some(({ address }) => contains(route.destination, address)) &&
        isThrough(host, route, near.ref, ref),
    );
  });
}

/** Whether the route leads from `near` to our device: by an address that it has, or that it may have had. */
function isThrough(host: Host, { nexthops }: Route, near: DeviceRef, ref: DeviceRef): boolean {
  const own = findLink(host, ref.netns, ref.device)?.addresses ?? [];
  const link = findLink(host, near.netns, near.device);
  return nexthops.some(({ via, device }) => {
    if (via === undefined || device !== near.device || link === undefined) return false;
    if (own.some(({ address }) => address === via)) return true;
    return connects(link, via) && ownersOf(host, via).length === 0;
  });
}
