/**
 * Another next hop for a route that leads nowhere.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findLink, findNetns, type Host } from '../../host/host.ts';
import type { DeviceName } from '../../host/link.ts';
import { type Route, TABLE } from '../../host/route.ts';
import type { Address } from '../../net/address.ts';
import { formatRoutePrefix } from '../../net/prefix.ts';
import type { RouteStep } from './dropped.ts';
import { routesFor } from './new-route.ts';
import { connects } from './owner.ts';
import { matchingRoutes, type WayHop, wayTo } from './way.ts';

/**
 * Deleting the route where another one leads the right way without it; else changing it; else a narrower one beside it,
 * because the route may serve others.
 */
export function redirections(host: Host, { netns: name, lookup, route, nexthop }: RouteStep): readonly Repair[] {
  const netns = findNetns(host, name);
  const way = wayTo(host, name, lookup.destination);
  if (netns === undefined || way === undefined) return [];
  const [hop] = way.hops;
  const to = redirected(host, route, hop, lookup.destination);
  const isSame = nexthop?.device === hop.out.device && nexthop.via === to?.nexthops[0]?.via;
  const change: readonly Repair[] =
    to === undefined || isSame
      ? []
      : [
          {
            intent: `Let ${formatRoutePrefix(route.destination)} go by ${hop.nexthop ?? hop.out.device}`,
            edits: [{ kind: 'route-change', netns: name, from: route, to }],
            sideEffects: `Everything under ${formatRoutePrefix(route.destination)} goes that way`,
          },
        ];
  const narrower = routesFor(host, netns, lookup.destination, way)
    .filter(({ destination }) => destination.length > route.destination.length)
    .map(
      (each): Repair => ({
        intent: `Add a route of its own to ${formatRoutePrefix(each.destination)}`,
        edits: [{ kind: 'route-add', netns: name, route: each }],
        sideEffects: undefined,
      }),
    );
  const others = matchingRoutes(netns, lookup.destination).filter((each) => each !== route);
  const [next] = others[0]?.nexthops ?? [];
  const isRightWithout = next?.device === hop.out.device && next.via === to?.nexthops[0]?.via;
  const remove: Repair = {
    intent: `Delete the route to ${formatRoutePrefix(route.destination)}`,
    edits: [{ kind: 'route-delete', netns: name, route }],
    sideEffects: `Everything under ${formatRoutePrefix(route.destination)} then goes by what other routes say`,
  };
  return [...(isRightWithout ? [remove] : []), ...change, ...(route.table === TABLE.main ? narrower : [])];
}

function redirected(host: Host, route: Route, hop: WayHop, destination: Address): Route | undefined {
  const link = findLink(host, hop.out.netns, hop.out.device);
  if (link === undefined || !link.up || hop.nexthop === undefined) return undefined;
  const via = hop.nexthop === destination ? undefined : hop.nexthop;
  if (via !== undefined && !connects(link, via)) return undefined;
  return { ...route, nexthops: [nexthopBy(via, hop.out.device)], scope: scopeOf(route, via) };
}

function nexthopBy(via: Address | undefined, device: DeviceName): Route['nexthops'][0] {
  return { via, device, weight: 1, flags: [] };
}

function scopeOf(route: Route, via: Address | undefined): Route['scope'] {
  return route.family === 'inet' && via === undefined ? 'link' : 'global';
}
