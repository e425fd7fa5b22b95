/**
 * Devices that stand on another one: macvlans, which share their parent's wire under MACs of their own, and VLAN
 * devices, which tag what they send by it.
 *
 * A macvlan hands frames for a sibling in bridge mode straight to it, and everything else to the wire: the parent itself
 * never gets any of it, nor does it reach its own macvlans, unless a switch sends the frame back. What comes in by the
 * wire goes to the macvlan whose MAC it names; a broadcast goes to all and to the parent, but one that a macvlan sent
 * and the switch returned only to those that have not seen it yet.
 *
 * Source: drivers/net/macvlan.c macvlan_queue_xmit(), macvlan_handle_frame(), macvlan_multicast_rx();
 * net/8021q/vlan_core.c vlan_do_receive(). Macvlans seen in test/live/kernel-macvlan.test.ts; this kernel has no VLANs.
 *
 * @module
 */

import type { LinkDetail } from '../host/link.ts';
import type { Mac } from '../net/mac.ts';
import type { FrameKind } from './bridge-port.ts';
import { deviceAt, type HostIndex } from './host-index.ts';
import type { Device } from './netns-index.ts';

type Stacked = Extract<LinkDetail, { kind: 'macvlan' | 'vlan' }>;

const indexes = new WeakMap<HostIndex, ReadonlyMap<Device, readonly Device[]>>();

/** The device that it stands on; `undefined` when it is out of sight, or when it stands on none. */
export function lowerOf(host: HostIndex, { link: { detail } }: Device): Device | undefined {
  return isStacked(detail) && detail.lower.kind === 'found' ? deviceAt(host, detail.lower) : undefined;
}

/** The macvlans on it. */
export function macvlansOn(host: HostIndex, lower: Device): readonly Device[] {
  return uppersOf(host, lower).filter(({ link }) => link.detail.kind === 'macvlan');
}

/** The VLAN device on it that takes frames of that tag. */
export function vlanOn(host: HostIndex, lower: Device, tag: number): Device | undefined {
  return uppersOf(host, lower).find(({ link }) => link.detail.kind === 'vlan' && link.detail.id === tag);
}

/** The siblings that a macvlan's frame reaches without the wire, and whether it goes out by the wire as well. */
export function besideMacvlan(
  host: HostIndex,
  device: Device,
  lower: Device,
  frame: FrameKind,
): { readonly siblings: readonly Device[]; readonly leaves: boolean } {
  if (modeOf(device) !== 'bridge') return { siblings: [], leaves: true };
  const bridged = macvlansOn(host, lower).filter((each) => each !== device && modeOf(each) === 'bridge');
  if (frame.kind !== 'unicast') return { siblings: bridged.filter(({ link }) => link.up), leaves: true };
  const siblings = bridged.filter(({ link }) => link.mac === frame.mac);
  return { siblings, leaves: siblings.length === 0 };
}

/**
 * Which macvlans take a frame that came in by their parent, and whether the parent's own stack does.
 *
 * @param sender The frame's source.
 */
export function takenByMacvlan(
  host: HostIndex,
  lower: Device,
  frame: FrameKind,
  sender: Mac | undefined,
): { readonly takers: readonly Device[]; readonly goesOn: boolean } {
  const macvlans = macvlansOn(host, lower);
  if (frame.kind === 'unicast') {
    const takers = macvlans.filter((each) => modeOf(each) === 'passthru' || each.link.mac === frame.mac).slice(0, 1);
    return { takers, goesOn: takers.length === 0 };
  }
  const source = macvlans.find(({ link }) => link.mac === sender);
  const mode = source && modeOf(source);
  // Its own broadcast come back: it alone is shown it.
  if (mode === 'private' || mode === 'passthru') return { takers: [], goesOn: false };
  const takers = macvlans.filter((each) => {
    if (!each.link.up || each === source) return false;
    if (mode === undefined) return true;
    return modeOf(each) === 'vepa' || (mode === 'vepa' && modeOf(each) === 'bridge');
  });
  return { takers, goesOn: true };
}

function modeOf({ link: { detail } }: Device) {
  return detail.kind === 'macvlan' ? detail.mode : undefined;
}

function isStacked(detail: LinkDetail): detail is Stacked {
  return detail.kind === 'macvlan' || detail.kind === 'vlan';
}

/** All that stands on it. */
export function uppersOf(host: HostIndex, lower: Device): readonly Device[] {
  const index = indexes.get(host) ?? indexUppers(host);
  indexes.set(host, index);
  return index.get(lower) ?? [];
}

function indexUppers(host: HostIndex): ReadonlyMap<Device, readonly Device[]> {
  const uppers = new Map<Device, Device[]>();
  for (const netns of host.namespaces.values()) {
    for (const device of netns.devices.values()) {
      const lower = lowerOf(host, device);
      if (lower !== undefined) uppers.set(lower, [...(uppers.get(lower) ?? []), device]);
    }
  }
  return uppers;
}
