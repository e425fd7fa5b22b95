/**
 * A packet that a namespace sends itself: routed, given a source, through OUTPUT, perhaps routed again, and out.
 *
 * Source: net/ipv4/ip_output.c, net/ipv4/netfilter.c ip_route_me_harder(). Seen in test/live/kernel-routing.test.ts.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { Fate } from '../journey/fate.ts';
import type { Packet, Transport } from '../journey/packet.ts';
import { type Address, familyOf } from '../net/address.ts';
import { leave } from './egress.ts';
import { droppedAt, isFate, undecided } from './fates.ts';
import { pass } from './hooks.ts';
import type { NetnsIndex } from './netns-index.ts';
import { type Routed, reroute, routeOutput } from './route-output.ts';
import { type Arrival, take, type Walk } from './walk.ts';

/** A packet before it has a source. */
export interface Outgoing {
  readonly destination: Address;
  /** Bound by the sender; `undefined`: the kernel chooses. */
  readonly source: Address | undefined;
  readonly transport: Transport;
  readonly lengthBytes: number;
  readonly mark: number;
  /** The sender insists on this device. */
  readonly outDevice?: DeviceName | undefined;
  /** The sender lets routers cut it up; else it is sent with DF, as long as it fits its first device. */
  readonly mayFragment?: boolean;
}

export interface Sent {
  /** As the socket made it; `undefined` when no route gave it a source. */
  readonly packet: Packet | undefined;
  readonly onward: Arrival | Fate;
}

/** Linux's default for both families (net.ipv4.ip_default_ttl, conf/all/hop_limit). */
const TTL = 64;
const NO_ADDRESS: Readonly<Record<'inet' | 'inet6', Address>> = { inet: '0.0.0.0' as Address, inet6: '::' as Address };

/** Send it. */
export function send(walk: Walk, netns: NetnsIndex, outgoing: Outgoing): Sent {
  if (netns.unread.length > 0) return { packet: undefined, onward: undecided(netns.name, ...netns.unread) };
  const { destination, transport, mark, outDevice } = outgoing;
  const family = familyOf(destination);
  const routed = routeOutput(walk, netns, { destination, source: outgoing.source, transport, mark, outDevice });
  if (isFate(routed)) return { packet: undefined, onward: routed };

  const mtu = netns.devices.get(routed.device)?.link.mtu ?? outgoing.lengthBytes;
  const isFragmented = outgoing.lengthBytes > mtu;
  const packet: Packet = {
    source: routed.source ?? NO_ADDRESS[family],
    destination,
    transport,
    // What is longer than the first device takes is cut up at once, and then (IPv4) may be cut again.
    lengthBytes: Math.min(outgoing.lengthBytes, mtu),
    dontFragment: family === 'inet6' || !(isFragmented || outgoing.mayFragment),
    ttl: TTL,
    mark,
  };
  take(walk, { netns: netns.name, device: undefined, stage: 'send', packet });
  takeRoute(walk, netns, routed);
  const onward = output(walk, netns, routed, packet);
  if (routed.source !== undefined) return { packet, onward };
  // It is sent all the same, from 0.0.0.0, and refused by whoever gets it.
  const place = { netns: netns.name, device: routed.device };
  return {
    packet,
    onward:
      isFate(onward) && onward.kind === 'undecided'
        ? onward
        : droppedAt(place, { kind: 'no-source', route: routed.route }),
  };
}

function output(walk: Walk, netns: NetnsIndex, routed: Routed, packet: Packet): Arrival | Fate {
  const passed = pass(walk, netns, 'output', packet, { outDevice: routed.device });
  if (passed.fate !== undefined) return passed.fate;
  const leaving = { packet: passed.packet, inDevice: undefined, port: undefined };
  if (!passed.reroute) return leave(walk, netns, routed, leaving);
  const anew = reroute(walk, netns, passed.packet);
  if (isFate(anew)) return anew;
  takeRoute(walk, netns, anew);
  return leave(walk, netns, anew, leaving);
}

/** Note a routing decision. */
export function takeRoute(walk: Walk, netns: NetnsIndex, routed: Routed): void {
  const { device, lookup, rule, route, nexthop, source } = routed;
  take(walk, { netns: netns.name, device, stage: 'route', lookup, rule, route, nexthop, source });
}
