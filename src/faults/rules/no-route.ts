/**
 * No route leads to the destination, or none but one that leads elsewhere although the destination is ours.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Host, Netns } from '../../host/host.ts';
import type { Route } from '../../host/route.ts';
import { routeText } from '../../host/route-text.ts';
import type { Leg } from '../../journey/journey.ts';
import type { Address } from '../../net/address.ts';
import { formatRoutePrefix } from '../../net/prefix.ts';
import { defineRule } from '../define.ts';
import { lookupEvidence, routeEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { borderOf } from '../search/border.ts';
import { unroutedIn } from '../search/dropped.ts';
import { masquerade } from '../search/masquerade.ts';
import { routesFor } from '../search/new-route.ts';
import { withSource } from '../search/route-source.ts';
import { strayedIn } from '../search/stray-route.ts';
import { usedWays } from '../search/used-way.ts';
import { type Way, wayTo } from '../search/way.ts';

export const noRoute = defineRule({
  code: 'no-route',
  title: 'No route to the destination',
  source: 'net/ipv4/fib_frontend.c: fib_lookup(); ip-route(8)',
  explains: ['outside-view', 'route-blackhole', 'route-unreachable', 'route-prohibit'],

  find(context) {
    const missing = missingRoute(context);
    if (missing === undefined) return [];
    const { netns, destination, taken, refusing } = missing;
    const ways = waysFrom(context, netns, destination);
    const [way] = ways;
    const plain = ways.flatMap((each) => routesFor(context.host, netns, destination, each));
    const routes = [...plain.flatMap((route) => withSource(context, netns, route) ?? []), ...plain];
    const back = context.journey.leg === 'reply' ? ' back' : '';
    return [
      {
        netns: netns.name,
        device: way?.hops[0].out.device,
        what:
          taken === undefined
            ? `${netns.name} has no route${back} to ${destination}${refusing ? ` but "${routeText(refusing)}", which refuses it` : ''}`
            : `${netns.name} has no route${back} to ${destination} of its own; ${routeText(taken)} leads elsewhere`,
        why:
          taken === undefined
            ? refusing === undefined
              ? 'A packet for an address in no connected network and under no route is dropped with "Network is unreachable"'
              : `A packet for an address in no connected network and under no other route meets the default route, and one of type ${refusing.type} drops it`
            : 'The longest matching prefix decides, and without a narrower route the wider one takes the packet',
        evidence: [
          refusing === undefined
            ? lookupEvidence(netns, destination, taken === undefined ? 'Network is unreachable' : routeText(taken))
            : routeEvidence(netns, refusing),
        ],
        repairs: [
          ...routes.map((route) => addRoute(netns, route, context.journey.leg)),
          ...translations(context, netns),
        ],
      },
    ];
  },
});

/** The way by which the request came in, for its reply; then one that a neighbour uses; then the cheapest. */
function waysFrom({ host, journey, trip }: FaultContext, netns: Netns, destination: Address): readonly Way[] {
  const { name } = netns;
  const arrival = trip.request.steps.findLast((step) => step.stage === 'ingress' && step.netns === name)?.device;
  const backwards =
    journey.leg === 'reply' && arrival !== undefined ? wayTo(host, name, destination, arrival) : undefined;
  const ways = [backwards, usedWays(host, netns, destination)[0], wayTo(host, name, destination)];
  return [...new Map(ways.flatMap((way) => (way === undefined ? [] : [[way.hops[0].out.device, way]]))).values()];
}

/** Where the far end has no way back, our router may as well answer for us with an address that it has a way to. */
function translations(context: FaultContext, netns: Netns): readonly Repair[] {
  if (context.journey.leg === 'request') return [];
  const border = borderOf(context);
  return border === undefined || border.outside?.name !== netns.name ? [] : [masquerade(context.host, border)];
}

/** Repairs that add one of these routes. */
export function addRoute(netns: Netns, route: Route, leg: Leg): Repair {
  const everything = route.destination.length === 0;
  return {
    intent: `Add a route ${leg === 'reply' ? 'back ' : ''}to ${everything ? 'everything else' : formatRoutePrefix(route.destination)}`,
    edits: [{ kind: 'route-add', netns: netns.name, route }],
    sideEffects: everything ? `${netns.name} then sends everything else that way, too` : undefined,
  };
}

interface Missing {
  readonly netns: Netns;
  readonly destination: Address;
  /** The wider route that was taken instead. */
  readonly taken: Route | undefined;
  /** The default route that refuses it. */
  readonly refusing: Route | undefined;
}

function missingRoute(context: FaultContext): Missing | undefined {
  const unrouted = unroutedIn(context);
  if (unrouted !== undefined) return { ...unrouted, taken: undefined };
  const strayed = strayedIn(context);
  return strayed && { ...strayed, refusing: undefined };
}

/** The routes that would lead from the namespace to the address. */
export function routesTowards(host: Host, netns: Netns, destination: Address): readonly Route[] {
  const way = wayTo(host, netns.name, destination);
  return way === undefined ? [] : routesFor(host, netns, destination, way);
}
