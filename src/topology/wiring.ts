/**
 * Who is wired to whom, whatever state it is in: veth pairs, bridges with their ports, vxlan devices of one VNI, macvlans
 * and VLAN devices with what they stand on. A link that is down or a port that blocks is still wired; that is how the
 * search for a cause sees past it. What each wire is, and what leads out, is told by `wires.ts`.
 *
 * Limit: two vxlan devices of one VNI count as wired, whether their remotes name each other or not.
 *
 * @module
 */

import { type Host, sameDevice } from '../host/host.ts';
import type { DeviceRef, Link } from '../host/link.ts';
import { unreachable } from '../net/unreachable.ts';
import { indexWiring, keyOf, type WiringIndex } from './wiring-index.ts';

/** The devices at the other ends of what leaves this one. */
export function wiredTo(host: Host, ref: DeviceRef): readonly DeviceRef[] {
  const index = indexWiring(host);
  const link = index.linkOf.get(keyOf(ref));
  if (link === undefined) return [];
  const master = bridgeOf(index, ref, link);
  const ends = [...farEnds(index, ref, link), ...(index.uppersOf.get(keyOf(ref)) ?? [])];
  return master === undefined ? ends : [...ends, master];
}

/** The bridge that the device is a port of. */
function bridgeOf({ linkOf }: WiringIndex, { netns }: DeviceRef, link: Link): DeviceRef | undefined {
  if (link.master === undefined || link.port === undefined) return undefined;
  const bridge: DeviceRef = { netns, device: link.master };
  return linkOf.has(keyOf(bridge)) ? bridge : undefined;
}

function farEnds(index: WiringIndex, ref: DeviceRef, link: Link): readonly DeviceRef[] {
  const { detail } = link;
  switch (detail.kind) {
    case 'veth':
      return detail.peer.kind === 'found' ? [{ netns: detail.peer.netns, device: detail.peer.device }] : [];
    case 'bridge':
      return index.portsOf.get(keyOf(ref)) ?? [];
    case 'vxlan':
      return (index.vxlansOf.get(detail.vni) ?? []).filter((other) => !sameDevice(other, ref));
    case 'macvlan':
    case 'vlan':
      return detail.lower.kind === 'found' ? [{ netns: detail.lower.netns, device: detail.lower.device }] : [];
    case 'loopback':
    case 'dummy':
    case 'physical':
    case 'other':
      return [];
    default:
      return unreachable(detail);
  }
}

/** The ports of a bridge. */
export function portsOf(host: Host, bridge: DeviceRef): readonly DeviceRef[] {
  return indexWiring(host).portsOf.get(keyOf(bridge)) ?? [];
}

/** All that is wired to the device, itself first, the nearest next. */
export function segmentOf(host: Host, from: DeviceRef): readonly DeviceRef[] {
  const { segments } = indexWiring(host);
  const made = segments.get(keyOf(from));
  if (made !== undefined) return made;
  const segment: DeviceRef[] = [from];
  const seen = new Set([keyOf(from)]);
  for (const ref of segment) {
    for (const next of wiredTo(host, ref)) {
      if (seen.has(keyOf(next))) continue;
      seen.add(keyOf(next));
      segment.push(next);
    }
  }
  segments.set(keyOf(from), segment);
  return segment;
}

/** The devices on the shortest wire from one to the other, both included; `undefined` when nothing joins them. */
export function wireBetween(host: Host, from: DeviceRef, to: DeviceRef): readonly DeviceRef[] | undefined {
  const paths: (readonly DeviceRef[])[] = [[from]];
  const seen: DeviceRef[] = [from];
  for (const path of paths) {
    const end = path.at(-1);
    if (end === undefined || sameDevice(end, to)) return path;
    for (const next of wiredTo(host, end)) {
      if (seen.some((each) => sameDevice(each, next))) continue;
      seen.push(next);
      paths.push([...path, next]);
    }
  }
  return undefined;
}

/** A device with its link. */
export interface Endpoint {
  readonly ref: DeviceRef;
  readonly link: Link;
}

/** Those of the devices at which IP begins: all but bridge ports. */
export function endpointsOf(host: Host, segment: readonly DeviceRef[]): readonly Endpoint[] {
  const { linkOf } = indexWiring(host);
  return segment.flatMap((ref) => {
    const link = linkOf.get(keyOf(ref));
    return link === undefined || link.port !== undefined ? [] : [{ ref, link }];
  });
}
