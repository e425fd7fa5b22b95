/**
 * A packet that has arrived at a device: PREROUTING, routing, and then up to a socket or on to the next device.
 *
 * Source: net/ipv4/ip_input.c ip_rcv(), ip_local_deliver(); net/ipv4/ip_forward.c; net/ipv6/ip6_input.c,
 * ip6_output.c ip6_forward(). Seen in test/live/kernel-forward.test.ts, kernel-mtu.test.ts.
 *
 * @module
 */

import { confKey } from '../host/sysctl.ts';
import type { Fate } from '../journey/fate.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import { isLinkLocal } from '../net/address.ts';
import { leave } from './egress.ts';
import { droppedAt, isFate, undecided } from './fates.ts';
import { pass } from './hooks.ts';
import { forwardMtu } from './mtu.ts';
import { confIfAny, type Device } from './netns-index.ts';
import { routeInput } from './route-input.ts';
import type { Routed } from './route-output.ts';
import { takeRoute } from './send.ts';
import { ttlRunsOut } from './ttl.ts';
import type { Arrival, Walk } from './walk.ts';

/** It has come to where it was going: through INPUT, not yet given to anybody. */
export interface Landing {
  readonly kind: 'landing';
  readonly device: Device;
  readonly packet: Packet;
}

/** Take one arrival further: to the next, to where it was going, or to its end. */
export function receive(walk: Walk, { device, packet, port }: Arrival): Arrival | Landing | Fate {
  const { netns, ref } = device;
  if (netns.unread.length > 0) return undecided(netns.name, ...netns.unread);
  if (packetFamily(packet) === 'inet6' && confIfAny(netns, 'inet6', ref.device, 'disable_ipv6') !== 0) {
    return droppedAt(ref, { kind: 'family-disabled', key: confKey('ipv6', ref.device, 'disable_ipv6') });
  }
  const passed = pass(walk, netns, 'prerouting', packet, { inDevice: ref.device, arrivalPort: port });
  if (passed.fate !== undefined) return passed.fate;
  // What came by lo keeps the decision that its sender made: it is ours.
  if (device.link.detail.kind === 'loopback') return land(walk, device, passed.packet, port);
  const routed = routeInput(walk, device, passed.packet);
  if (isFate(routed)) return routed;
  takeRoute(walk, netns, routed);
  return routed.isLocal ? land(walk, device, passed.packet, port) : forward(walk, device, routed, passed.packet, port);
}

function land(walk: Walk, device: Device, packet: Packet, port: Arrival['port']): Landing | Fate {
  const passed = pass(walk, device.netns, 'input', packet, { inDevice: device.ref.device, arrivalPort: port });
  return passed.fate ?? { kind: 'landing', device, packet: passed.packet };
}

function forward(walk: Walk, device: Device, routed: Routed, packet: Packet, port: Arrival['port']): Arrival | Fate {
  const { netns, ref } = device;
  const expired = ttlRunsOut(walk, device, packet);
  if (expired !== undefined) return expired;
  const out = netns.devices.get(routed.device);
  if (out === undefined) return undecided(netns.name, `a route leads to ${routed.device}, which is not there`);
  if (isBoundToItsLink(packet) && out !== device) {
    const because = 'a link-local address means nothing on another link';
    return droppedAt(ref, { kind: 'martian-source', address: packet.source, because });
  }
  const limited = forwardMtu(netns, routed, packet.destination);
  if (typeof limited === 'string') return undecided(netns.name, limited);
  const { bytes: mtu, limit } = limited;
  const { lengthBytes } = packet;
  if (lengthBytes > mtu && packet.dontFragment) {
    const by = { kind: 'router', limit, word: undefined } as const;
    return droppedAt(out.ref, { kind: 'mtu-exceeded', packet, lengthBytes, mtu, at: out.ref, by });
  }
  const fitting = { ...packet, ttl: packet.ttl - 1, lengthBytes: Math.min(packet.lengthBytes, mtu) };
  const place = { inDevice: ref.device, outDevice: routed.device, arrivalPort: port };
  const passed = pass(walk, netns, 'forward', fitting, place);
  if (passed.fate !== undefined) return passed.fate;
  return leave(walk, netns, routed, { packet: passed.packet, inDevice: ref.device, port });
}

/**
 * ip6_forward() refuses such sources, but sends one back out by the device that it came in by, with a redirect. IPv4's
 * 169.254.0.0/16 is forwarded like any other.
 */
function isBoundToItsLink(packet: Packet): boolean {
  return packetFamily(packet) === 'inet6' && isLinkLocal(packet.source);
}
