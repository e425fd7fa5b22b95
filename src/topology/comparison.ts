/**
 * A topology held against an older one: both in one, with what came, what went and what is another now marked in it.
 *
 * Left out is what the kernel does by itself: connected routes, IPv6 link-local addresses, the sysctls that come and go
 * with a device.
 *
 * What went is shown where it was. A device counts as changed when it, its addresses or what hangs on them did, routes
 * by it included; a namespace, when anything in it did that is of no one device (a rule, a sysctl).
 *
 * @module
 */

import { type Change, deviceOfChange } from '../host/difference/change.ts';
import { differenceOf } from '../host/difference/difference.ts';
import { type Origin, originsOf } from '../host/difference/origins.ts';
import { findNetns, type Host, linksOf, type Netns } from '../host/host.ts';
import type { DeviceName, DeviceRef, NetnsName } from '../host/link.ts';
import { familyOf, isLinkLocal } from '../net/address.ts';
import { deviceKey } from './segments.ts';
import { type Topology, topologyOf, withPlaces } from './topology.ts';
import { type Wire, wiresOf } from './wires.ts';

export type Mark = 'added' | 'changed' | 'removed';

/** What has become of each thing; `undefined`: it is as it was. */
export interface Marks {
  readonly ofDevice: (ref: DeviceRef) => Mark | undefined;
  readonly ofNetns: (name: NetnsName) => Mark | undefined;
  readonly ofWire: (wire: Wire) => Mark | undefined;
}

export interface Comparison {
  /** Of both hosts; what is odd, of the newer one alone. */
  readonly topology: Topology;
  /** Each with the changes that follow from it. */
  readonly changes: readonly Origin[];
  /** What could be read neither time, in words. */
  readonly notCompared: readonly string[];
  readonly marks: Marks;
}

/** Nothing to compare with. */
export const NO_MARKS: Marks = { ofDevice: () => undefined, ofNetns: () => undefined, ofWire: () => undefined };

export function compareHosts(before: Host, after: Host): Comparison {
  const difference = differenceOf(before, after);
  const changes = difference.changes.filter(isTold);
  const now = topologyOf(after);
  const gone = wiresOf(before).filter(isNotIn(now.wires));
  const fresh = new Set(now.wires.filter(isNotIn(wiresOf(before))));
  return {
    topology: { ...withPlaces(now, both(before, after).namespaces), wires: [...now.wires, ...gone] },
    changes: originsOf(changes),
    notCompared: difference.notCompared
      .filter(({ netns, part }) => part !== 'bridgeVlans' || filtersVlans(after, netns))
      .map(({ netns, part, why }) => `${netns}: ${part} could not be read either time: ${why}`),
    marks: marksOf(changes, { gone: new Set(gone), fresh }),
  };
}

function isTold(change: Change): boolean {
  switch (change.subject) {
    case 'address': {
      const { address } = change.action === 'deleted' ? change.before : change.after;
      return !(familyOf(address) === 'inet6' && isLinkLocal(address));
    }
    case 'route': {
      const { protocol } = change.action === 'deleted' ? change.before : change.after;
      return protocol !== 'kernel';
    }
    case 'sysctl':
      return change.action === 'changed';
    default:
      return true;
  }
}

/** The VLANs of bridges are read only where one filters by them. */
function filtersVlans(host: Host, name: NetnsName): boolean {
  const netns = findNetns(host, name);
  const links = netns === undefined ? [] : linksOf(netns);
  return links.some(({ detail }) => detail.kind === 'bridge' && detail.vlanFiltering);
}

function marksOf(changes: readonly Change[], wires: { readonly gone: Set<Wire>; readonly fresh: Set<Wire> }): Marks {
  const devices = new Map<string, Mark>();
  const namespaces = new Map<string, Mark>();
  for (const change of changes) {
    const { netns } = change;
    const devicesOf = devicesTouched(change);
    if (change.subject === 'netns') namespaces.set(netns, markOf(change.action));
    else if (devicesOf.length === 0 && !namespaces.has(netns)) namespaces.set(netns, 'changed');
    for (const device of devicesOf) {
      const key = deviceKey({ netns, device });
      const mark = change.subject === 'link' ? markOf(change.action) : 'changed';
      if (change.subject === 'link' || !devices.has(key)) devices.set(key, mark);
    }
  }
  const ofNetns = (name: NetnsName) => namespaces.get(name);
  return {
    ofNetns,
    ofDevice: (ref) => {
      const whole = ofNetns(ref.netns);
      return devices.get(deviceKey(ref)) ?? (whole === 'changed' ? undefined : whole);
    },
    ofWire: (wire) => (wires.gone.has(wire) ? 'removed' : wires.fresh.has(wire) ? 'added' : undefined),
  };
}

function markOf(action: string): Mark {
  if (action === 'deleted') return 'removed';
  return action === 'added' || action === 'moved' ? 'added' : 'changed';
}

/** Routes are shown at the devices by which they lead. */
function devicesTouched(change: Change): readonly DeviceName[] {
  const device = deviceOfChange(change);
  if (device !== undefined) return [device];
  if (change.subject !== 'route') return [];
  const { nexthops } = change.action === 'deleted' ? change.before : change.after;
  return nexthops.flatMap((each) => each.device ?? []);
}

/** The newer host, with the namespaces and devices of the older one that are no more. */
function both(before: Host, after: Host): Host {
  const gone = before.namespaces.filter(({ name }) => findNetns(after, name) === undefined);
  const kept = after.namespaces.map((netns) => {
    const old = before.namespaces.find(({ name }) => name === netns.name);
    return old === undefined ? netns : withGoneLinks(netns, old);
  });
  return { ...after, namespaces: [...kept, ...gone] };
}

function withGoneLinks(netns: Netns, old: Netns): Netns {
  const { links } = netns;
  if (!links.known) return netns;
  const isGone = (name: DeviceName) => !links.value.some((link) => link.name === name);
  const gone = linksOf(old).filter(({ name, ifindex }) => {
    // Renamed is not gone.
    return isGone(name) && !links.value.some((link) => link.ifindex === ifindex);
  });
  return gone.length === 0 ? netns : { ...netns, links: { ...links, value: [...links.value, ...gone] } };
}

function isNotIn(wires: readonly Wire[]): (wire: Wire) => boolean {
  const keys = new Set(wires.map(keyOf));
  return (wire) => !keys.has(keyOf(wire));
}

/** The same wire, whichever of its ends is told first. */
function keyOf(wire: Wire): string {
  const ends = 'to' in wire ? [wire.from, wire.to].map(deviceKey).toSorted() : [deviceKey(wire.from)];
  return JSON.stringify([wire.kind, ends, 'remote' in wire && wire.kind === 'open-tunnel' ? wire.remote : '']);
}
