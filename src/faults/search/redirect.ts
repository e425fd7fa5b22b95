/**
 * Another next hop for a route that leads nowhere.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findLink, findNetns, type Host, type Netns } from '../../host/host.ts';
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
  const change = changes(host, netns, route, lookup.destination).filter(({ edits: [edit] }) => {
    const [to] = edit?.kind === 'route-change' ? edit.to.nexthops : [];
    return to?.device !== nexthop?.device || to?.via !== nexthop?.via;
  });
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
  const isRightWithout = next?.device === hop.out.device && next.via === viaOf(hop, lookup.destination);
  const remove: Repair = {
    intent: `Delete the route to ${formatRoutePrefix(route.destination)}`,
    edits: [{ kind: 'route-delete', netns: name, route }],
    sideEffects: `Everything under ${formatRoutePrefix(route.destination)} then goes by what other routes say`,
  };
  return [...(isRightWithout ? [remove] : []), ...change, ...(route.table === TABLE.main ? narrower : [])];
}

/** `ip route change` to the way that leads there; empty when the model knows none. */
export function changes(host: Host, netns: Netns, route: Route, destination: Address): readonly Repair[] {
  const hop = wayTo(host, netns.name, destination)?.hops[0];
  const to = hop && redirected(host, route, hop, destination);
  if (hop === undefined || to === undefined) return [];
  const prefix = formatRoutePrefix(route.destination);
  return [
    {
      intent: `Let ${prefix} go by ${hop.nexthop ?? hop.out.device}`,
      edits: [{ kind: 'route-change', netns: netns.name, from: route, to }],
      sideEffects: `Everything under ${prefix} goes that way`,
    },
  ];
}

/** The gateway to name; `undefined` when the destination itself is on the link. */
function viaOf({ nexthop }: WayHop, destination: Address): Address | undefined {
  return nexthop === destination ? undefined : nexthop;
}

function redirected(host: Host, route: Route, hop: WayHop, destination: Address): Route | undefined {
  const link = findLink(host, hop.out.netns, hop.out.device);
  if (link === undefined || !link.up || hop.nexthop === undefined) return undefined;
  const via = viaOf(hop, destination);
  if (via !== undefined && !connects(link, via)) return undefined;
  return { ...route, type: 'unicast', nexthops: [nexthopBy(via, hop.out.device)], scope: scopeOf(route, via) };
}

function nexthopBy(via: Address | undefined, device: DeviceName): Route['nexthops'][0] {
  return { via, device, weight: 1, flags: [] };
}

function scopeOf(route: Route, via: Address | undefined): Route['scope'] {
  return route.family === 'inet' && via === undefined ? 'link' : 'global';
}
