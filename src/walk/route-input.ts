/**
 * Routing a packet that came in: for us, to be forwarded, or refused.
 *
 * IPv4 asks in this order: is the source or destination impossible here, what do the tables say, does the ingress
 * device forward (only for what is not ours), is the source valid on this device. IPv6 has no source validation, and
 * its gate stands behind the route lookup.
 *
 * Source: net/ipv4/route.c ip_route_input_slow(); net/ipv6/ip6_input.c ip6_rcv_core(), net/ipv6/route.c.
 * Seen in test/live/kernel-forward.test.ts and kernel-martian.test.ts.
 *
 * @module
 */

import type { Fate } from '../journey/fate.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import type { RouteLookup } from '../journey/step.ts';
import { droppedAt, undecided } from './fates.ts';
import { forwardGate } from './forward-gate.ts';
import { martian } from './martian.ts';
import type { Device } from './netns-index.ts';
import { lookupRoute } from './route-lookup.ts';
import { LO, type Routed, refusal } from './route-output.ts';
import { validateSource } from './rp-filter.ts';
import { type Walk, widenRoutes } from './walk.ts';

/** The routing decision for a packet that came in by the device. */
export function routeInput(walk: Walk, device: Device, packet: Packet): Routed | Fate {
  const { netns, ref } = device;
  const refused = martian(device, packet);
  if (refused !== undefined) return refused;

  const lookup: RouteLookup = {
    destination: packet.destination,
    source: packet.source,
    inDevice: ref.device,
    mark: packet.mark,
  };
  const answer = lookupRoute(netns, lookup, packet, walk.multipath.pick);
  const isOurs = answer.kind === 'route' && answer.route.type !== 'unicast';
  if (answer.kind === 'unknown') return undecided(netns.name, ...answer.because);

  if (packetFamily(packet) === 'inet' && !isOurs) {
    const shut = forwardGate(walk, device, 'inet');
    if (shut !== undefined) return shut;
  }
  if (answer.kind !== 'route') return at(device, refusal(netns, lookup, answer));
  widenRoutes(walk, answer.choices);

  const { rule, route, nexthop } = answer;
  switch (route.type) {
    case 'local':
    case 'anycast': {
      const invalid = packetFamily(packet) === 'inet' ? validateSource(walk, device, packet, undefined) : undefined;
      if (invalid !== undefined) return invalid;
      return { kind: 'routed', lookup, rule, route, nexthop, device: LO, isLocal: true, source: undefined };
    }
    case 'unicast': {
      if (nexthop?.device === undefined)
        return undecided(netns.name, `a route to ${packet.destination} names no device`);
      const invalid =
        packetFamily(packet) === 'inet'
          ? validateSource(walk, device, packet, nexthop.device)
          : forwardGate(walk, device, 'inet6');
      if (invalid !== undefined) return invalid;
      const { device: out } = nexthop;
      return { kind: 'routed', lookup, rule, route, nexthop, device: out, isLocal: false, source: undefined };
    }
    default:
      return droppedAt(ref, { kind: 'broadcast-destination', address: packet.destination, route });
  }
}

function at({ ref }: Device, fate: Fate): Fate {
  return fate.kind === 'dropped' ? { ...fate, device: ref.device } : fate;
}
