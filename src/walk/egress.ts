/**
 * A routed packet on its way out: POSTROUTING, the device, the neighbour, the segment.
 *
 * Source: net/ipv4/ip_output.c ip_output(), ip_finish_output2(); net/ipv6/ip6_output.c.
 *
 * @module
 */

import { sameDevice } from '../host/host.ts';
import type { Fate } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import type { Address } from '../net/address.ts';
import { carryFrame, comeIn } from './carry-frame.ts';
import { droppedAt, isFate, undecided } from './fates.ts';
import { pass } from './hooks.ts';
import { takerOn } from './interceptors.ts';
import { resolveNeighbor } from './neighbor.ts';
import type { Device, NetnsIndex } from './netns-index.ts';
import type { Routed } from './route-output.ts';
import { isOutside } from './segment.ts';
import { type Arrival, take, type Walk } from './walk.ts';

/** Where a packet that leaves comes from. */
export interface Leaving {
  readonly packet: Packet;
  /** The device that it came in by, when it is forwarded. */
  readonly inDevice: Device['link']['name'] | undefined;
  readonly port: Device['link']['name'] | undefined;
}

/** Send a routed packet out by its device: to where it arrives, or to its end. */
export function leave(walk: Walk, netns: NetnsIndex, routed: Routed, leaving: Leaving): Arrival | Fate {
  const device = netns.devices.get(routed.device);
  if (device === undefined) return undecided(netns.name, `a route leads to ${routed.device}, which is not there`);
  const nexthop = gatewayOf(netns, routed) ?? leaving.packet.destination;
  const passed = pass(walk, netns, 'postrouting', leaving.packet, {
    inDevice: leaving.inDevice,
    outDevice: routed.device,
    arrivalPort: leaving.port,
    nexthop,
  });
  if (passed.fate !== undefined) return passed.fate;
  const { packet } = passed;

  const { link, ref } = device;
  if (!link.up) return droppedAt(ref, { kind: 'egress-down', route: routed.route });
  if (routed.isLocal) return loopBack(walk, device, packet);
  if (!link.carrier) return droppedAt(ref, { kind: 'no-carrier', route: routed.route });
  if (link.detail.kind === 'other' && !isOutside(device)) {
    return undecided(netns.name, `${ref.netns}:${ref.device} is a ${link.detail.infoKind}, which is not modelled`);
  }
  if (link.mac === undefined) return leaveHost(walk, device, packet);
  const found = resolveNeighbor(walk, device, { nexthop, source: packet.source, route: routed.route });
  if (isFate(found)) return found;
  if (found.kind === 'lost') {
    if (isTakenAt(device, found.fate)) return found.fate;
    const carried = carryFrame(walk, device, packet, { device, way: found.way });
    if (isFate(carried)) return carried;
    for (const step of found.behind ?? []) take(walk, step);
    return found.fate;
  }
  const arrived = carryFrame(walk, device, packet, found.reach);
  if (found.kind === 'way' || isFate(arrived)) return arrived;
  return leftBy(found.reach.device);
}

/** A gateway that is our own address means that the destination is on its device's link (fib_check_nh(): host scope). */
function gatewayOf(netns: NetnsIndex, { nexthop }: Routed): Address | undefined {
  return nexthop?.via !== undefined && netns.holders.has(nexthop.via) ? undefined : nexthop?.via;
}

/** Whether the device's own qdisc or filter takes the frame, so that not even tcpdump sees it. */
function isTakenAt({ ref }: Device, fate: Fate): boolean {
  if (fate.kind !== 'dropped' || fate.reason.kind !== 'frame-blocked') return false;
  const { at, interceptor } = fate.reason.block;
  return interceptor?.side === 'egress' && sameDevice(at, ref);
}

/** Out by a device that needs no neighbour, such as a tun. */
function leaveHost(walk: Walk, device: Device, packet: Packet): Fate {
  const arrived = carryFrame(walk, device, packet, { device, way: [] });
  return isFate(arrived) ? arrived : leftBy(device);
}

function leftBy({ ref }: Device): Fate {
  return { kind: 'left-host', netns: ref.netns, device: ref.device };
}

/** lo gives back what it is given. */
function loopBack(walk: Walk, lo: Device, packet: Packet): Arrival | Fate {
  const unmodelled = lo.link.unmodelled[0] ?? takerOn(lo, 'egress')?.name ?? takerOn(lo, 'ingress')?.name;
  if (unmodelled !== undefined) return undecided(lo.netns.name, `lo is not modelled (${unmodelled})`);
  const out = pass(walk, lo.netns, 'egress', packet, { outDevice: lo.link.name });
  if (out.fate !== undefined) return out.fate;
  take(walk, { ...lo.ref, stage: 'egress', packet: out.packet });
  const back = comeIn(walk, lo, out.packet);
  return back.fate ?? { kind: 'arrival', device: lo, packet: back.packet, port: undefined };
}
