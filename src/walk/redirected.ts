/**
 * Where a bridged frame goes on whose destination br_netfilter has translated.
 *
 * The kernel asks the routing tables. When they lead back to the bridge itself, the frame is bridged on, from the port
 * that it came in by, to the MAC of the new destination: it keeps its TTL, never shows on the bridge device, and does
 * not go back by its own port without hairpin. Everything else is handed up to be routed or delivered.
 *
 * Not modelled, and so undecided: bridges that filter VLANs.
 *
 * Source: net/bridge/br_netfilter_hooks.c br_nf_pre_routing_finish(), br_nf_pre_routing_finish_bridge(). Seen in
 * test/live/netfilter-bridge-nat.test.ts.
 *
 * @module
 */

import type { Fate } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import { portObstacle } from './bridge-port.ts';
import { droppedAt, isFate, undecided } from './fates.ts';
import { resolveNeighbor } from './neighbor.ts';
import type { Device } from './netns-index.ts';
import { routeInput } from './route-input.ts';
import { lookupRoute } from './route-lookup.ts';
import type { Reach } from './segment-search.ts';
import type { Redirection, Walk } from './walk.ts';

/** Ask the bridge's namespace about the packet with its new destination. */
export function redirect(walk: Walk, bridge: Device, inPort: Device, packet: Packet): Redirection | Fate {
  const { netns, link } = bridge;
  const { destination, source, mark } = packet;
  const lookup = { destination, source, inDevice: link.name, mark };
  const answer = lookupRoute(netns, lookup, packet, walk.multipath.pick);
  const leadsBack = answer.kind === 'route' && answer.route.type === 'unicast' && answer.nexthop?.device === link.name;
  if (!leadsBack) return { kind: 'handed-up' };
  if (link.detail.kind === 'bridge' && link.detail.vlanFiltering) {
    return undecided(netns.name, `a frame that ${link.name} translates is bridged on, and ${link.name} filters VLANs`);
  }
  const routed = routeInput(walk, bridge, packet);
  if (isFate(routed)) return routed;
  const nexthop = routed.nexthop?.via ?? destination;
  const found = resolveNeighbor(walk, bridge, { nexthop, source, route: routed.route });
  if (isFate(found)) return found;
  if (found.kind === 'lost') return found.fate;
  return throughBridge(bridge, inPort, found.reach);
}

/** The way that leads out of the bridge itself, as one from the port. */
function throughBridge(bridge: Device, inPort: Device, { device, way }: Reach): Redirection | Fate {
  const [first, ...rest] = way;
  const ports = bridge.netns.ports.get(bridge.link.name) ?? [];
  const portOf = (wanted: Device | undefined) => ports.find((port) => port.device === wanted);
  const [from, to] = [portOf(inPort), first?.kind === 'bridge' ? portOf(first.outPort) : undefined];
  if (first?.kind !== 'bridge' || from === undefined || to === undefined) {
    return undecided(bridge.netns.name, `by which port ${bridge.link.name} sends a frame that it translates`);
  }
  const { mac } = device.link;
  // Known or flooded: it does not leave by the port that it came in by.
  const obstacle =
    mac === undefined ? undefined : portObstacle({ kind: 'unicast', mac, isLearned: true }, from, to, true);
  if (obstacle !== undefined && obstacle !== 'own-port') {
    return droppedAt(obstacle.at, { kind: 'frame-blocked', block: obstacle, mac });
  }
  return { kind: 'bridged', crossing: { ...first, inPort, outPort: to.device }, rest: { device, way: rest } };
}
