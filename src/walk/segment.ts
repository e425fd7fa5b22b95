/**
 * Who a frame reaches: the search through a segment, across veth pairs, bridges and tunnels, without any packet.
 *
 * Both the ARP request (a broadcast: to everybody) and the frame that follows (to one MAC) are searched here; only the
 * latter is then carried, by `carry-frame.ts`, along the way that was found. A bridge's learned entries are not read:
 * the ARP exchange has just taught it where both ends are.
 *
 * Source: drivers/net/veth.c veth_xmit(); net/bridge/br_input.c br_handle_frame_finish(), br_device.c br_dev_xmit().
 * Seen in test/live/kernel-segment.test.ts.
 *
 * @module
 */

import type { DeviceRef } from '../host/link.ts';
import type { Hook } from '../host/ruleset.ts';
import type { SegmentBlock } from '../journey/fate.ts';
import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import { passArp } from './arp-filter.ts';
import { decidingEntry, type FrameKind, portObstacle } from './bridge-port.ts';
import { deviceAt, type HostIndex } from './host-index.ts';
import type { Device, PortDevice } from './netns-index.ts';

/** One crossing of the frame's way. Narrow on `kind`. */
export type Crossing =
  | { readonly kind: 'wire'; readonly from: Device; readonly to: Device }
  | {
      readonly kind: 'bridge';
      readonly bridge: Device;
      /** `undefined`: the bridge's own namespace sent it. */
      readonly inPort: Device | undefined;
      /** `undefined`: the bridge's own namespace takes it. */
      readonly outPort: Device | undefined;
      readonly how: 'fdb' | 'flood' | 'local';
    }
  | { readonly kind: 'tunnel'; readonly from: Device; readonly to: Device; readonly remote: Address };

/** A device whose IP stack gets the frame, and the crossings that bring it there. */
export interface Reach {
  readonly device: Device;
  readonly way: Way;
}

export type Way = readonly Crossing[];

export interface SegmentFound {
  readonly reached: readonly Reach[];
  /** Devices by which the frame leaves for where we cannot look. */
  readonly outside: readonly Reach[];
  readonly blocks: readonly SegmentBlock[];
  /** How far the frame had come at each block. */
  readonly ways: ReadonlyMap<SegmentBlock, Way>;
}

/** Where a tunnel comes out. */
export interface TunnelEnd {
  readonly device: Device;
  readonly remote: Address;
}

export interface TunnelSearch {
  /** The far ends that a frame reaches, and where it did not get through. @param sender The frame's source. */
  readonly ends: (
    tunnel: Device,
    frame: FrameKind,
    sender: Mac | undefined,
  ) => { readonly ends: readonly TunnelEnd[]; readonly blocks: readonly SegmentBlock[] };
}

/** Searches made so far: they depend on nothing but the host. */
const searches = new WeakMap<HostIndex, Map<Device, Map<string, SegmentFound>>>();

/** Search the whole segment of the device for what a frame reaches that its namespace sends by it. */
export function searchSegment(host: HostIndex, from: Device, frame: FrameKind, tunnels: TunnelSearch): SegmentFound {
  const ofHost = searches.get(host) ?? new Map<Device, Map<string, SegmentFound>>();
  searches.set(host, ofHost);
  const ofDevice = ofHost.get(from) ?? new Map<string, SegmentFound>();
  ofHost.set(from, ofDevice);
  const key = frame.kind === 'unicast' ? unicastKey(frame) : frame.kind;
  const made = ofDevice.get(key);
  if (made !== undefined) return made;
  const found = { reached: [], outside: [], blocks: [], ways: new Map<SegmentBlock, Way>() };
  const search: Search = { host, from, frame, tunnels, ...found, seen: new Set() };
  transmit(search, from, []);
  ofDevice.set(key, search);
  return search;
}

function unicastKey({ mac, isLearned, isArp }: Extract<FrameKind, { kind: 'unicast' }>): string {
  return `${mac}${isLearned ? ' learned' : ''}${isArp ? ' arp' : ''}`;
}

interface Search {
  readonly host: HostIndex;
  readonly from: Device;
  readonly frame: FrameKind;
  readonly tunnels: TunnelSearch;
  readonly reached: Reach[];
  readonly outside: Reach[];
  readonly blocks: SegmentBlock[];
  readonly ways: Map<SegmentBlock, Way>;
  /** Bridges and tunnels passed: a loop of them ends here, whatever a storm would do. */
  readonly seen: Set<Device>;
}

function transmit(search: Search, device: Device, way: Way): void {
  const { link, ref } = device;
  if (!link.up) {
    block(search, way, ref, 'link-down');
    return;
  }
  const [unmodelled] = link.unmodelled;
  if (unmodelled !== undefined) {
    block(search, way, ref, 'unmodelled', unmodelled);
    return;
  }
  switch (link.detail.kind) {
    case 'veth':
      transmitVeth(search, device, way);
      return;
    case 'bridge':
      bridgeForward(search, device, undefined, way);
      return;
    case 'vxlan':
      transmitTunnel(search, device, way);
      return;
    case 'physical':
      leaveHost(search, device, way);
      return;
    case 'dummy':
    case 'loopback':
      return;
    case 'other':
      if (isOutside(device)) leaveHost(search, device, way);
      else block(search, way, ref, 'unmodelled', link.detail.infoKind);
      return;
  }
}

/** Whether what leaves by the device leaves what we can see: by hardware, or to a program that reads a tun or tap. */
export function isOutside({ link: { detail } }: Device): boolean {
  return detail.kind === 'physical' || (detail.kind === 'other' && detail.infoKind === 'tun');
}

function leaveHost(search: Search, device: Device, way: Way): void {
  if (device.link.carrier) search.outside.push({ device, way });
  else block(search, way, device.ref, 'no-carrier');
}

function transmitVeth(search: Search, device: Device, way: Way): void {
  const { link, ref } = device;
  const peer = link.detail.kind === 'veth' ? link.detail.peer : undefined;
  const far = peer?.kind === 'found' ? deviceAt(search.host, peer) : undefined;
  if (far === undefined) {
    const beyond = peer?.kind === 'found' ? search.host.namespaces.get(peer.netns)?.netns.links : undefined;
    if (beyond?.known === false) block(search, way, ref, 'unread', beyond.why);
    else block(search, way, ref, 'peer-unseen');
    return;
  }
  if (!far.link.up) {
    block(search, way, far.ref, 'link-down');
    return;
  }
  if (!link.carrier) {
    block(search, way, ref, 'no-carrier');
    return;
  }
  receive(search, far, [...way, { kind: 'wire', from: device, to: far }]);
}

function transmitTunnel(search: Search, device: Device, way: Way): void {
  if (search.seen.has(device)) return;
  search.seen.add(device);
  const { ends, blocks } = search.tunnels.ends(device, search.frame, search.from.link.mac);
  for (const each of blocks) stop(search, way, each);
  for (const end of ends) {
    const crossing = { kind: 'tunnel' as const, from: device, to: end.device, remote: end.remote };
    receive(search, end.device, [...way, crossing]);
  }
}

function receive(search: Search, device: Device, way: Way): void {
  const { link, ref, netns } = device;
  const [unmodelled] = link.unmodelled;
  if (unmodelled !== undefined) {
    block(search, way, ref, 'unmodelled', unmodelled);
    return;
  }
  if (link.master === undefined) {
    search.reached.push({ device, way });
    return;
  }
  const master = netns.devices.get(link.master);
  const kind = master?.link.detail.kind;
  if (master === undefined || kind !== 'bridge' || link.port === undefined) {
    const infoKind = master?.link.detail.kind === 'other' ? master.link.detail.infoKind : link.master;
    block(search, way, ref, 'unmodelled', `enslaved to ${infoKind}`);
    return;
  }
  if (!master.link.up) {
    block(search, way, master.ref, 'link-down');
    return;
  }
  if (link.port.state !== 'forwarding') {
    block(search, way, ref, 'port-not-forwarding', link.port.state);
    return;
  }
  bridgeForward(search, master, { device, port: link.port }, way);
}

/** What the bridge does with a frame from one of its ports, or (`from` undefined) from its own namespace. */
function bridgeForward(search: Search, bridge: Device, from: PortDevice | undefined, way: Way): void {
  if (search.seen.has(bridge)) return;
  search.seen.add(bridge);
  const { detail } = bridge.link;
  if (detail.kind === 'bridge' && detail.vlanFiltering) {
    block(search, way, bridge.ref, 'unmodelled', 'bridge VLAN filtering');
    return;
  }
  const { frame } = search;
  if (isArpStopped(search, way, bridge, from === undefined ? ['output'] : ['prerouting'])) return;
  const { fdb } = bridge.netns.netns;
  if (frame.kind === 'unicast' && !fdb.known) {
    block(search, way, bridge.ref, 'unread', fdb.why);
    return;
  }
  const entry = frame.kind === 'unicast' ? decidingEntry(bridge, frame) : undefined;
  if (entry === undefined && isLearnedAtIngress(search, from)) {
    block(search, way, from.device.ref, 'same-mac');
    return;
  }
  if (from !== undefined) {
    const isForUs = frame.kind !== 'unicast' || frame.mac === bridge.link.mac || frame.mac === from.device.link.mac;
    if (isForUs && !isArpStopped(search, way, bridge, ['input'])) {
      const own = { kind: 'bridge' as const, bridge, inPort: from.device, outPort: undefined, how: 'local' as const };
      search.reached.push({ device: bridge, way: [...way, own] });
    }
    if (isForUs && frame.kind === 'unicast') return;
  }
  // A permanent entry is the bridge's own address: such a frame goes up, and no further.
  if (entry?.state === 'permanent') return;
  if (isArpStopped(search, way, bridge, from === undefined ? ['postrouting'] : ['forward', 'postrouting'])) return;
  for (const port of bridge.netns.ports.get(bridge.link.name) ?? []) {
    if (entry !== undefined && entry.device !== port.device.link.name) continue;
    const obstacle = portObstacle(frame, from, port, entry !== undefined);
    if (obstacle !== undefined) {
      if (obstacle !== 'own-port') stop(search, way, obstacle);
      continue;
    }
    const how = frame.kind === 'unicast' && (frame.isLearned || entry !== undefined) ? 'fdb' : 'flood';
    const crossing = { kind: 'bridge' as const, bridge, inPort: from?.device, outPort: port.device, how } as const;
    transmit(search, port.device, [...way, crossing]);
  }
}

/** A bridge learns the source of a frame before it looks for its destination (br_handle_frame_finish()). */
function isLearnedAtIngress({ from: sender, frame }: Search, from: PortDevice | undefined): from is PortDevice {
  return from?.port.learning === true && frame.kind === 'unicast' && frame.mac === sender.link.mac;
}

/** The bridge family's chains see ARP as any frame. */
function isArpStopped(search: Search, way: Way, { netns, ref }: Device, hooks: readonly Hook[]): boolean {
  const { frame } = search;
  const isArp = frame.kind === 'broadcast' || (frame.kind === 'unicast' && frame.isArp === true);
  const passage = isArp ? passArp(netns, 'bridge', hooks) : undefined;
  if (passage === undefined || passage.kind === 'passes') return false;
  if (passage.kind === 'drops') block(search, way, ref, 'filtered', passage.rule.text);
  else block(search, way, ref, 'unread', passage.because);
  return true;
}

function block(search: Search, way: Way, at: DeviceRef, because: SegmentBlock['because'], detail?: string): void {
  stop(search, way, detail === undefined ? { at, because } : { at, because, detail });
}

function stop(search: Search, way: Way, obstacle: SegmentBlock): void {
  search.blocks.push(obstacle);
  search.ways.set(obstacle, way);
}
