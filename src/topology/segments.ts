/**
 * The segments of a host: which devices one broadcast may reach, whatever state they are in, and whether that is all.
 *
 * @module
 */

import { allLinks, findLink, type Host } from '../host/host.ts';
import type { DeviceRef, Link } from '../host/link.ts';
import { type Endpoint, endpointsOf, segmentOf } from './wiring.ts';

/** What is wired together. */
export interface Segment {
  readonly devices: readonly DeviceRef[];
  /** Those at which IP begins. */
  readonly endpoints: readonly Endpoint[];
  /** Nothing of it leads out of what can be seen, and all of it is of kinds whose wires are known. */
  readonly isClosed: boolean;
}

/** The segment of each device, by `deviceKey`. Devices of one segment share one object. */
export function segmentsOf(host: Host): ReadonlyMap<string, Segment> {
  const segments = new Map<string, Segment>();
  for (const { netns, link } of allLinks(host)) {
    const ref = { netns: netns.name, device: link.name };
    if (segments.has(deviceKey(ref))) continue;
    const devices = segmentOf(host, ref);
    const links = devices.map((each) => findLink(host, each.netns, each.device));
    const segment = { devices, endpoints: endpointsOf(host, devices), isClosed: links.every(isWithinSight) };
    for (const each of devices) segments.set(deviceKey(each), segment);
  }
  return segments;
}

/** One text for one device; names hold no white space, but namespaces may. */
export function deviceKey({ netns, device }: DeviceRef): string {
  return `${device} ${netns}`;
}

function isWithinSight(link: Link | undefined): boolean {
  if (link === undefined) return false;
  const { detail } = link;
  switch (detail.kind) {
    case 'physical':
    case 'other':
      return false;
    case 'veth':
      return detail.peer.kind === 'found';
    case 'macvlan':
    case 'vlan':
      return detail.lower.kind === 'found';
    case 'vxlan':
      return !detail.external;
    default:
      return true;
  }
}
