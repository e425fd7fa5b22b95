/**
 * Whose MAC the next hop has: from the neighbour table, or by asking the segment.
 *
 * Permanent and reachable entries are used as they are, also where they are wrong. Stale ones count for nothing: the
 * kernel uses them for a moment, probes them, and asks anew. An answer must find its way back to the device that
 * asked. Where the segment leads out of what we can see, silence inside is no proof.
 *
 * Source: net/core/neighbour.c; net/ipv4/arp.c arp_constructor(). Seen in test/live/kernel-arp.test.ts.
 *
 * @module
 */

import { sameDevice } from '../host/host.ts';
import type { DeviceRef } from '../host/link.ts';
import type { Neighbor, Route } from '../host/route.ts';
import type { Fate, SegmentBlock, SegmentSearch } from '../journey/fate.ts';
import type { Step } from '../journey/step.ts';
import { type Address, familyOf } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { FrameKind } from './bridge-port.ts';
import { droppedAt, undecided } from './fates.ts';
import { inquire } from './inquiry.ts';
import type { Device } from './netns-index.ts';
import { reluctantProxy } from './reluctant-proxy.ts';
import { isOutside, searchSegment } from './segment.ts';
import type { Reach, SegmentFound, Way } from './segment-search.ts';
import { take, type Walk, widen } from './walk.ts';

/** Where the frame goes. */
export type Neighborhood =
  | { readonly kind: 'way'; readonly mac: Mac; readonly reach: Reach }
  /** Out of what we can see: whether anybody answers there, nobody here knows. */
  | { readonly kind: 'outside'; readonly reach: Reach }
  /** It is sent, comes so far, and no further. `behind`: what its wrapping still went through, in a tunnel. */
  | { readonly kind: 'lost'; readonly way: Way; readonly behind?: readonly Step[]; readonly fate: Fate };

/** What is asked, and for which packet. */
export interface NeighborQuery {
  readonly nexthop: Address;
  readonly source: Address | undefined;
  readonly route: Route;
}

/** Find the next hop, as a packet that leaves by the device does. */
export function resolveNeighbor(walk: Walk, device: Device, query: NeighborQuery): Neighborhood | Fate {
  const { neighbors } = device.netns.netns;
  if (!neighbors.known) return undecided(device.netns.name, neighbors.why);
  const entry = usableEntry(device, query.nexthop);
  if (entry !== undefined) return follow(walk, device, query, entry);
  const heard = walk.heard.find(({ by, address }) => by === device && address === query.nexthop);
  return heard === undefined ? ask(walk, device, query) : sendTo(walk, device, query.nexthop, heard.neighbor);
}

/** An entry that the kernel sends by without asking. */
function usableEntry(device: Device, nexthop: Address): (Neighbor & { readonly mac: Mac }) | undefined {
  const entry = device.netns.neighbors.get(device.link.name)?.get(nexthop);
  const isUsed = entry?.state === 'permanent' || entry?.state === 'noarp' || entry?.state === 'reachable';
  if (isUsed && entry.mac !== undefined) return { ...entry, mac: entry.mac };
  const { noArp, mac } = device.link;
  if (!noArp || mac === undefined) return undefined;
  // Without ARP the kernel addresses every frame to the device's own MAC.
  const common = { family: familyOf(nexthop), address: nexthop, device: device.link.name, proxy: false };
  return { ...common, mac, state: 'noarp' };
}

/** Send to the MAC that the entry holds, whoever has it. */
function follow(
  walk: Walk,
  device: Device,
  query: NeighborQuery,
  entry: Neighbor & { readonly mac: Mac },
): Neighborhood | Fate {
  const { nexthop } = query;
  const { mac } = entry;
  const isLearned = entry.state === 'reachable';
  const found = search(walk, device, { kind: 'unicast', mac, isLearned });
  const reach = found.reached.find((each) => accepts(each.device, mac));
  const by = isLearned ? ('cached' as const) : ('permanent' as const);
  takeNeighbor(walk, device, nexthop, mac, by, reach?.device);
  const isSure = reach?.device.netns.holders.has(nexthop) ?? false;
  if (reach !== undefined && (!isLearned || isSure)) return { kind: 'way', mac, reach };
  const [outside] = found.outside;
  const owner = ownerOf(walk, mac);
  if (reach === undefined && outside !== undefined) return { kind: 'outside', reach: outside };
  if (reach === undefined && owner !== undefined && found.blocks.length > 0) return stopped(device, found, mac, owner);
  if (reach === undefined && found.blocks.some(isUnknown)) return undecidedSegment(device, found.blocks);
  if (isLearned) {
    // Out of date, or of a proxy: the frame goes where the entry says, and soon the kernel asks again.
    const asked = ask(walk, device, query);
    if (asked.kind === 'dropped') return { kind: 'lost', way: (reach ?? found.reached[0])?.way ?? [], fate: asked };
    if (asked.kind !== 'way' || asked.reach.device === reach?.device) return asked;
    if (reach !== undefined) return { kind: 'way', mac, reach };
  }
  // Whoever has the address sees the frame come in, and takes it for somebody else's.
  const onlooker = found.reached.find((each) => each.device.netns.holders.has(nexthop)) ?? found.reached[0];
  const reason = { kind: 'mac-unowned' as const, nexthop, mac, entry, search: searchOf(nexthop, found) };
  return { kind: 'lost', way: onlooker?.way ?? found.deadEnds[0] ?? [], fate: droppedAt(device.ref, reason) };
}

/** Ask the segment, and send to who answers. */
function ask(walk: Walk, device: Device, query: NeighborQuery): Neighborhood | Fate {
  const { nexthop, route } = query;
  const { answerers, told, sender, silence, refused, found, blocks, unknown } = inquire(walk, device, query);
  // Whoever answers keeps the address of whoever asked.
  if (sender !== undefined) for (const by of told) walk.heard.push({ by, address: sender, neighbor: device });
  widen(walk, answerers.length);
  const chosen = answerers[walk.multipath.pick % (answerers.length || 1)];
  if (chosen !== undefined) return sendTo(walk, device, nexthop, chosen);

  if (refused !== undefined) return refused;
  const isHere = silence !== undefined || isHeldSomewhere(walk, nexthop);
  const [outside] = found.outside;
  if (!isHere && outside !== undefined) return { kind: 'outside', reach: outside };
  if (unknown.length > 0) return undecided(device.netns.name, ...unknown);
  const strange = strangeHolder(walk, nexthop);
  if (strange !== undefined) return undecided(device.netns.name, strange);
  if (silence === undefined) {
    const wrapping = blocks.find(({ underlay }) => underlay !== undefined)?.underlay;
    if (wrapping !== undefined && (isHere || !isThroughTunnel(found)) && !isBlockedBeyond(found, blocks)) {
      // The request itself does not get through: what stops its wrapping is what stops it.
      walk.steps.push(...wrapping.steps.map((step): Step => ({ ...step, isInquiry: true })));
      return wrapping.fate;
    }
    if (blocks.some(isUnknown)) return undecidedSegment(device, blocks);
    const unwilling = isHere && blocks.length > 0 ? undefined : reluctantProxy(walk, sender, nexthop, found);
    if (unwilling !== undefined) return unwilling;
  }
  const search = searchOf(nexthop, { ...found, blocks });
  return droppedAt(device.ref, { kind: 'neighbor-unanswered', nexthop, route, search, silence });
}

/** Whether the request came out of a tunnel somewhere: then a far end that it did not reach may be none of ours. */
function isThroughTunnel({ reached }: SegmentFound): boolean {
  return reached.some(({ way }) => crossesTunnel(way));
}

/** Whether it was stopped behind a tunnel, which is nearer to an owner than a far end that it did not reach. */
function isBlockedBeyond({ ways }: SegmentFound, blocks: readonly SegmentBlock[]): boolean {
  return blocks.some((block) => block.underlay === undefined && crossesTunnel(ways.get(block) ?? []));
}

function crossesTunnel(way: Way): boolean {
  return way.some(({ kind }) => kind === 'tunnel');
}

/** Send to a neighbour that is known by now, by a frame that its segment has learned the way of. */
function sendTo(walk: Walk, device: Device, nexthop: Address, neighbor: Device): Neighborhood | Fate {
  const { mac } = neighbor.link;
  if (mac === undefined) return undecided(neighbor.netns.name, `${neighbor.ref.device} has no Ethernet address`);
  takeNeighbor(walk, device, nexthop, mac, 'resolved', neighbor);
  const way = search(walk, device, { kind: 'unicast', mac, isLearned: true });
  // Of two devices with one MAC, the bridges know the one that has just answered.
  const own = way.reached.find((each) => each.device === neighbor);
  const reach = own ?? way.reached.find((each) => accepts(each.device, mac));
  if (reach !== undefined) return { kind: 'way', mac, reach };
  return stopped(device, way, mac, neighbor);
}

/** Of everything that held the frame back on a port here or there, what stands between it and its owner. */
function stopped(device: Device, { blocks, ways }: SegmentFound, mac: Mac, owner: Device): Neighborhood | Fate {
  const block = blocks.find(({ at }) => at.netns === owner.netns.name || leadsTo(at, owner)) ?? blocks[0];
  if (block === undefined || isUnknown(block)) return undecidedSegment(device, blocks);
  if (block.underlay !== undefined) {
    const { steps, fate } = block.underlay;
    return { kind: 'lost', way: ways.get(block) ?? [], behind: steps, fate };
  }
  return { kind: 'lost', way: ways.get(block) ?? [], fate: droppedAt(block.at, { kind: 'frame-blocked', block, mac }) };
}

/** Whether the device is the other end of one of the owner's. */
function leadsTo(at: DeviceRef, owner: Device): boolean {
  for (const { link } of owner.netns.devices.values()) {
    if (link.detail.kind !== 'veth' || link.detail.peer.kind !== 'found') continue;
    if (sameDevice(link.detail.peer, at)) return true;
  }
  return false;
}

/** Who takes a frame of that MAC up to its IP stack: for the bridge, frames to the port that they came by as well. */
function accepts(device: Device, mac: Mac): boolean {
  return device.link.mac === mac || device.link.detail.kind === 'bridge';
}

function takeNeighbor(
  walk: Walk,
  { ref }: Device,
  nexthop: Address,
  mac: Mac,
  by: 'permanent' | 'cached' | 'resolved',
  owner: Device | undefined,
): void {
  take(walk, { netns: ref.netns, device: ref.device, stage: 'neighbor', nexthop, mac, by, owner: owner?.ref });
}

function search(walk: Walk, from: Device, frame: FrameKind): SegmentFound {
  return searchSegment(walk.host, from, frame, walk.tunnels);
}

function searchOf(nexthop: Address, { reached, blocks }: SegmentFound): SegmentSearch {
  return { nexthop, reached: reached.map(({ device }) => device.ref), blocks };
}

function undecidedSegment({ netns, ref }: Device, blocks: readonly SegmentBlock[]): Fate {
  const because = blocks.filter(isUnknown).map((block) => {
    const { at, detail = 'unknown' } = block;
    return block.because === 'unread' ? detail : `${at.netns}:${at.device} is not modelled (${detail})`;
  });
  const suspects = blocks.flatMap(({ at, interceptor }) => (interceptor === undefined ? [] : [{ at, interceptor }]));
  const fate = undecided(
    netns.name,
    ...(because.length > 0 ? because : [`no way for the frame from ${ref.device} was found`]),
  );
  return suspects.length === 0 ? fate : { ...fate, suspects };
}

/** Whether the frame may go on there, for all we know. */
function isUnknown({ because }: SegmentBlock): boolean {
  return because === 'unmodelled' || because === 'unread';
}

function ownerOf(walk: Walk, mac: Mac): Device | undefined {
  for (const netns of walk.host.namespaces.values()) {
    for (const device of netns.devices.values()) if (device.link.mac === mac) return device;
  }
  return undefined;
}

/** Whether the address is on a device whose kind may take frames in ways that we do not know (macvlan, VLAN ...). */
function strangeHolder(walk: Walk, address: Address): string | undefined {
  for (const netns of walk.host.namespaces.values()) {
    for (const { device } of netns.holders.get(address) ?? []) {
      const { detail, name } = device.link;
      if (detail.kind !== 'other' || isOutside(device)) continue;
      return `${address} is on ${netns.name}:${name}, a ${detail.infoKind}, which is not modelled`;
    }
  }
  return undefined;
}

function isHeldSomewhere(walk: Walk, address: Address): boolean {
  for (const netns of walk.host.namespaces.values()) if (netns.holders.has(address)) return true;
  return false;
}
