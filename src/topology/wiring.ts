/**
 * Who is wired to whom, whatever state it is in: veth pairs, bridges with their ports, vxlan devices of one VNI, macvlans
 * and VLAN devices with what they stand on. A link that is down or a port that blocks is still wired; that is how the
 * search for a cause sees past it. What each wire is, and what leads out, is told by `wires.ts`.
 *
 * Limit: two vxlan devices of one VNI count as wired, whether their remotes name each other or not.
 *
 * @module
 */

import { allLinks, findLink, findNetns, type Host, linksOf, sameDevice } from '../host/host.ts';
import type { DeviceRef, Link } from '../host/link.ts';
import { unreachable } from '../net/unreachable.ts';

/** The devices at the other ends of what leaves this one. */
export function wiredTo(host: Host, ref: DeviceRef): readonly DeviceRef[] {
  const link = findLink(host, ref.netns, ref.device);
  if (link === undefined) return [];
  const master = bridgeOf(host, ref, link);
  const ends = [...farEnds(host, ref, link), ...uppersOf(host, ref)];
  return master === undefined ? ends : [...ends, master];
}

/** The bridge that the device is a port of. */
function bridgeOf(host: Host, ref: DeviceRef, link: Link): DeviceRef | undefined {
  if (link.master === undefined || link.port === undefined) return undefined;
  return findLink(host, ref.netns, link.master) && { netns: ref.netns, device: link.master };
}

function farEnds(host: Host, ref: DeviceRef, link: Link): readonly DeviceRef[] {
  const { detail } = link;
  switch (detail.kind) {
    case 'veth':
      return detail.peer.kind === 'found' ? [{ netns: detail.peer.netns, device: detail.peer.device }] : [];
    case 'bridge':
      return portsOf(host, ref);
    case 'vxlan':
      return [...allLinks(host)].flatMap(({ netns, link: other }) =>
        other.detail.kind === 'vxlan' && other.detail.vni === detail.vni && other !== link
          ? [{ netns: netns.name, device: other.name }]
          : [],
      );
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

/** The devices that stand on it. */
function uppersOf(host: Host, ref: DeviceRef): readonly DeviceRef[] {
  return [...allLinks(host)].flatMap(({ netns, link: { name, detail } }) => {
    const isOnIt =
      (detail.kind === 'macvlan' || detail.kind === 'vlan') &&
      detail.lower.kind === 'found' &&
      sameDevice(detail.lower, ref);
    return isOnIt ? [{ netns: netns.name, device: name }] : [];
  });
}

/** The ports of a bridge. */
export function portsOf(host: Host, bridge: DeviceRef): readonly DeviceRef[] {
  const netns = findNetns(host, bridge.netns);
  if (netns === undefined) return [];
  return linksOf(netns)
    .filter(({ master, port }) => master === bridge.device && port !== undefined)
    .map(({ name }) => ({ netns: bridge.netns, device: name }));
}

/** All that is wired to the device, itself first, the nearest next. */
export function segmentOf(host: Host, from: DeviceRef): readonly DeviceRef[] {
  const seen: DeviceRef[] = [from];
  for (const ref of seen) {
    for (const next of wiredTo(host, ref)) {
      if (!seen.some((each) => sameDevice(each, next))) seen.push(next);
    }
  }
  return seen;
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
  return segment.flatMap((ref) => {
    const link = findLink(host, ref.netns, ref.device);
    return link === undefined || link.port !== undefined ? [] : [{ ref, link }];
  });
}
