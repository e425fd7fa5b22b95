/**
 * Who stands on whom, looked up once for a host: the search for a cause asks it thousands of times, and with a hundred
 * namespaces each look through all devices takes as long as a walk.
 *
 * @module
 */

import { allLinks, type Host } from '../host/host.ts';
import type { DeviceRef, Link } from '../host/link.ts';

export interface WiringIndex {
  readonly linkOf: ReadonlyMap<string, Link>;
  /** macvlans and VLAN devices, by the device that they stand on. */
  readonly uppersOf: ReadonlyMap<string, readonly DeviceRef[]>;
  /** By their bridge. */
  readonly portsOf: ReadonlyMap<string, readonly DeviceRef[]>;
  readonly vxlansOf: ReadonlyMap<number, readonly DeviceRef[]>;
  /** Filled as segments are asked for. */
  readonly segments: Map<string, readonly DeviceRef[]>;
}

const indexes = new WeakMap<Host, WiringIndex>();

/** The index of the host, made at the first asking: a host never changes. */
export function indexWiring(host: Host): WiringIndex {
  const made = indexes.get(host);
  if (made !== undefined) return made;
  const index = makeIndex(host);
  indexes.set(host, index);
  return index;
}

/** A device as a key. No name of a device holds a slash; that of a namespace may. */
export function keyOf({ netns, device }: DeviceRef): string {
  return `${netns}/${device}`;
}

function makeIndex(host: Host): WiringIndex {
  const linkOf = new Map<string, Link>();
  const uppersOf = new Map<string, DeviceRef[]>();
  const portsOf = new Map<string, DeviceRef[]>();
  const vxlansOf = new Map<number, DeviceRef[]>();
  for (const { netns, link } of allLinks(host)) {
    const ref: DeviceRef = { netns: netns.name, device: link.name };
    const { detail, master, port } = link;
    linkOf.set(keyOf(ref), link);
    if (master !== undefined && port !== undefined) append(portsOf, keyOf({ netns: netns.name, device: master }), ref);
    if (detail.kind === 'vxlan') append(vxlansOf, detail.vni, ref);
    const isUpper = detail.kind === 'macvlan' || detail.kind === 'vlan';
    if (isUpper && detail.lower.kind === 'found') append(uppersOf, keyOf(detail.lower), ref);
  }
  return { linkOf, uppersOf, portsOf, vxlansOf, segments: new Map() };
}

function append<Key>(lists: Map<Key, DeviceRef[]>, key: Key, ref: DeviceRef): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [ref]);
  else list.push(ref);
}
