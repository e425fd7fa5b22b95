/**
 * Routing a packet that the namespace sends itself, and choosing the source address that goes with it.
 *
 * Source: net/ipv4/route.c ip_route_output_key_hash_rcu(); net/ipv6/ip6_output.c ip6_dst_lookup_tail().
 * Seen in test/live/kernel-routing.test.ts and kernel-source.test.ts.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { Nexthop, PolicyRule, Route } from '../host/route.ts';
import type { Fate } from '../journey/fate.ts';
import type { Packet, Transport } from '../journey/packet.ts';
import type { RouteLookup } from '../journey/step.ts';
import { type Address, familyOf, isLinkLocal, isLoopback } from '../net/address.ts';
import { droppedAt, droppedIn, undecided } from './fates.ts';
import { routesLocalnet } from './martian.ts';
import type { NetnsIndex } from './netns-index.ts';
import { lookupRoute, type RouteAnswer } from './route-lookup.ts';
import { inetSourceFor } from './source-address.ts';
import { inet6SourceFor } from './source-address6.ts';
import { type Walk, widenRoutes } from './walk.ts';

/** A route was found. */
export interface Routed {
  readonly kind: 'routed';
  readonly lookup: RouteLookup;
  readonly rule: PolicyRule;
  readonly route: Route;
  readonly nexthop: Nexthop | undefined;
  /** The way out; `lo` for what is the namespace's own. */
  readonly device: DeviceName;
  readonly isLocal: boolean;
  /** Chosen or bound; `undefined` when no address would do, and for packets that come in. */
  readonly source: Address | undefined;
}

/** What a sender asks of routing. */
export interface OutputQuery {
  readonly destination: Address;
  /** Bound by the sender; `undefined` when the kernel is to choose. */
  readonly source: Address | undefined;
  readonly transport: Transport;
  readonly mark: number;
  readonly outDevice?: DeviceName | undefined;
}

/** Every namespace has one, and it has no other name. */
export const LO = 'lo' as DeviceName;

/** The routing decision for a packet of the namespace's own. */
export function routeOutput(walk: Walk, netns: NetnsIndex, query: OutputQuery): Routed | Fate {
  const { source, destination, mark } = query;
  if (source !== undefined && !isOwnAddress(netns, source)) {
    return droppedIn(netns, { kind: 'source-not-ours', source });
  }
  if (isOfAnyLink(destination) && query.outDevice === undefined && !netns.holders.has(destination)) {
    return undecided(netns.name, `${destination} is on every link: which one is meant, nobody said`);
  }
  const lookup: RouteLookup = { destination, source, inDevice: undefined, mark };
  const answer = lookUp(walk, netns, query, source);
  if (answer.kind === 'route') return routed(netns, lookup, answer, source);
  if (source === undefined && familyOf(destination) === 'inet6') {
    // IPv6 alone tries again with the source that it would take, for the sake of rules and routes that ask for one.
    const chosen = inet6SourceFor(netns, undefined, undefined, destination);
    const again = chosen === undefined ? answer : lookUp(walk, netns, query, chosen);
    if (again.kind === 'route') return routed(netns, { ...lookup, source: chosen }, again, chosen);
  }
  return refusal(netns, lookup, answer);
}

/** The decision again, for a packet that OUTPUT changed: its source stays, and need not be ours any more. */
export function reroute(walk: Walk, netns: NetnsIndex, packet: Packet): Routed | Fate {
  const { source, destination, transport, mark } = packet;
  const answer = lookUp(walk, netns, { destination, source, transport, mark }, source);
  const lookup: RouteLookup = { destination, source, inDevice: undefined, mark };
  return answer.kind === 'route' ? routed(netns, lookup, answer, source) : refusal(netns, lookup, answer);
}

/** What it means for the packet that no route was answered. */
export function refusal(netns: NetnsIndex, lookup: RouteLookup, answer: Exclude<RouteAnswer, { kind: 'route' }>): Fate {
  switch (answer.kind) {
    case 'none':
      return droppedIn(netns, { kind: 'no-route', lookup });
    case 'route-type':
      return droppedIn(netns, {
        kind: 'route-type',
        lookup,
        type: answer.type,
        route: answer.route,
        rule: answer.rule,
      });
    case 'rule-action':
      return droppedIn(netns, { kind: 'rule-action', lookup, action: answer.action, rule: answer.rule });
    case 'unknown':
      return undecided(netns.name, ...answer.because);
  }
}

function isOfAnyLink(destination: Address): boolean {
  return familyOf(destination) === 'inet6' && isLinkLocal(destination);
}

/** `ping -I ADDR` and bind(2) take what a device holds, or the local table calls ours. */
function isOwnAddress(netns: NetnsIndex, address: Address): boolean {
  if (netns.holders.has(address)) return true;
  const answer = lookupRoute(netns, { destination: address, source: undefined, inDevice: undefined, mark: 0 }, {}, 0);
  return answer.kind === 'route' && answer.route.type === 'local';
}

function lookUp(walk: Walk, netns: NetnsIndex, query: OutputQuery, source: Address | undefined): RouteAnswer {
  const { destination, mark } = query;
  const answer = lookupRoute(netns, { destination, source, inDevice: undefined, mark }, query, walk.multipath.pick);
  if (answer.kind === 'route') widenRoutes(walk, answer.choices);
  return answer;
}

function routed(
  netns: NetnsIndex,
  lookup: RouteLookup,
  { rule, route, nexthop }: Extract<RouteAnswer, { kind: 'route' }>,
  source: Address | undefined,
): Routed | Fate {
  const { destination } = lookup;
  switch (route.type) {
    case 'local':
    case 'anycast': {
      const chosen = source ?? sourceFor(netns, route, nexthop, destination) ?? destination;
      return { kind: 'routed', lookup, rule, route, nexthop, device: LO, isLocal: true, source: chosen };
    }
    case 'unicast': {
      if (nexthop?.device === undefined) return undecided(netns.name, `a route to ${destination} names no device`);
      const chosen = source ?? sourceFor(netns, route, nexthop, destination);
      if (chosen !== undefined && familyOf(chosen) === 'inet' && isLoopback(chosen)) {
        const refused = refuseLoopback(netns, nexthop.device, chosen);
        if (refused !== undefined) return refused;
      }
      return { kind: 'routed', lookup, rule, route, nexthop, device: nexthop.device, isLocal: false, source: chosen };
    }
    default:
      return droppedIn(netns, { kind: 'broadcast-destination', address: destination, route });
  }
}

/** 127.0.0.0/8 leaves the namespace only where `route_localnet` lets it (__mkroute_output()). */
function refuseLoopback(netns: NetnsIndex, device: DeviceName, source: Address): Fate | undefined {
  const ref = { netns: netns.name, device };
  const allowed = routesLocalnet(netns, device);
  if (allowed === undefined) return undecided(netns.name, `route_localnet of ${device} could not be read`);
  if (allowed) return undefined;
  const because = '127.0.0.0/8 does not leave the namespace without route_localnet';
  return droppedAt(ref, { kind: 'martian-source', address: source, because });
}

function sourceFor(
  netns: NetnsIndex,
  route: Route,
  nexthop: Nexthop | undefined,
  destination: Address,
): Address | undefined {
  if (familyOf(destination) === 'inet6') return inet6SourceFor(netns, route, nexthop, destination);
  // Towards its own address a namespace sends from that address, whatever else the device holds.
  if (route.type === 'local') return route.prefsrc ?? destination;
  return inetSourceFor(netns, route, nexthop);
}
