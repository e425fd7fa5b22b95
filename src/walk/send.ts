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
import { sendMtu } from './mtu.ts';
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
  /** The sender does not cut it up either (IP_PMTUDISC_DO). */
  readonly dontFragment?: boolean;
  /** An MTU on the path that the sender has been told of since the host was read. */
  readonly learned?: number;
  /** Of a tunnel that sets its own; otherwise Linux's default. */
  readonly ttl?: number | undefined;
}

export interface Sent {
  /** As the socket made it; `undefined` when no route gave it a source. */
  readonly packet: Packet | undefined;
  readonly onward: Arrival | Fate;
}

/** Linux's default for both families (net.ipv4.ip_default_ttl, conf/all/hop_limit). */
const TTL = 64;
/** net.ipv4.route.min_pmtu as Linux has it: what is shorter, nothing that was learned of a path keeps from leaving. */
const SHORT_BYTES = 552;
const DEVICE = { kind: 'device' } as const;
const NO_ADDRESS: Readonly<Record<'inet' | 'inet6', Address>> = { inet: '0.0.0.0' as Address, inet6: '::' as Address };

/** Send it. */
export function send(walk: Walk, netns: NetnsIndex, outgoing: Outgoing): Sent {
  if (netns.unread.length > 0) return { packet: undefined, onward: undecided(netns.name, ...netns.unread) };
  const { destination, transport, mark, outDevice } = outgoing;
  const family = familyOf(destination);
  const routed = routeOutput(walk, netns, { destination, source: outgoing.source, transport, mark, outDevice });
  if (isFate(routed)) return { packet: undefined, onward: routed };

  const limited = sendMtu(netns, routed, destination);
  if (typeof limited === 'string' && outgoing.lengthBytes > SHORT_BYTES) {
    return { packet: undefined, onward: undecided(netns.name, limited) };
  }
  const { bytes, limit } = typeof limited === 'string' ? { bytes: SHORT_BYTES, limit: DEVICE } : limited;
  const learned = outgoing.learned === undefined ? bytes : Math.min(bytes, outgoing.learned);
  // The kernel believes in no shorter path, and lets routers cut what they find too long for one (ip_mtu_locked()).
  const isLocked = family === 'inet' && learned < SHORT_BYTES && outgoing.learned === learned;
  const mtu = isLocked ? Math.min(bytes, SHORT_BYTES) : learned;
  const isTooLong = outgoing.lengthBytes > mtu;
  const isRefused = isTooLong && outgoing.dontFragment === true;
  const packet: Packet = {
    source: routed.source ?? NO_ADDRESS[family],
    destination,
    transport,
    // What is longer than the first device takes is cut up at once, and then (IPv4) may be cut again.
    lengthBytes: isRefused ? outgoing.lengthBytes : Math.min(outgoing.lengthBytes, mtu),
    dontFragment:
      family === 'inet6' || outgoing.dontFragment === true || !(isTooLong || isLocked || outgoing.mayFragment),
    ttl: outgoing.ttl ?? TTL,
    mark,
  };
  take(walk, { netns: netns.name, device: undefined, stage: 'send', packet });
  takeRoute(walk, netns, routed);
  if (isRefused) {
    const at = { netns: netns.name, device: routed.device };
    const { lengthBytes } = packet;
    const by = { kind: 'sender', limit } as const;
    return { packet, onward: droppedAt(at, { kind: 'mtu-exceeded', packet, lengthBytes, mtu, at, by }) };
  }
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
