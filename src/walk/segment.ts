/**
 * Who a frame reaches: the search through a segment, across veth pairs, bridges and tunnels, without any packet.
 *
 * Both the ARP request (a broadcast: to everybody) and the frame that follows (to one MAC) are searched here; only the
 * latter is then carried, by `carry-frame.ts`, along the way that was found.
 *
 * Source: drivers/net/veth.c veth_xmit(); net/core/dev.c __netif_receive_skb_core(). Seen in
 * test/live/kernel-segment.test.ts.
 *
 * @module
 */

import type { Interceptor } from '../host/interceptor.ts';
import type { SegmentBlock } from '../journey/fate.ts';
import type { FrameKind } from './bridge-port.ts';
import type { Tag } from './bridge-vlan.ts';
import { deviceAt, type HostIndex } from './host-index.ts';
import { takerOn } from './interceptors.ts';
import type { Device } from './netns-index.ts';
import { isArpStopped } from './segment-arp.ts';
import { bridgeForward } from './segment-bridge.ts';
import { block, type Search, type SegmentFound, stop, type TunnelSearch, type Way } from './segment-search.ts';
import { isolateMacvlans, receiveUp, takeUp, transmitByLower, transmitMacvlan } from './segment-stacked.ts';
import { vlanOn } from './stacked.ts';

/** Searches made so far: they depend on nothing but the host. */
const searches = new WeakMap<HostIndex, Map<Device, Map<string, SegmentFound>>>();

/** Search the whole segment of the device for what a frame reaches that its namespace sends by it. */
export function searchSegment(host: HostIndex, from: Device, frame: FrameKind, tunnels: TunnelSearch): SegmentFound {
  const ofHost = searches.get(host) ?? new Map<Device, Map<string, SegmentFound>>();
  searches.set(host, ofHost);
  const ofDevice = ofHost.get(from) ?? new Map<string, SegmentFound>();
  ofHost.set(from, ofDevice);
  const key = keyOf(frame);
  const made = ofDevice.get(key);
  if (made !== undefined) return made;
  const found = { reached: [], outside: [], blocks: [], ways: new Map<SegmentBlock, Way>(), deadEnds: [] };
  const search: Search = { host, from, frame, tunnels, ...found, seen: new Set(), transmit, receive };
  transmit(search, from, [], undefined);
  isolateMacvlans(search);
  ofDevice.set(key, search);
  return search;
}

function keyOf(frame: FrameKind): string {
  if (frame.kind === 'multicast') return frame.kind;
  const { ends } = frame;
  const about = ends === undefined ? '' : ` ${ends.sender} ${ends.target}`;
  if (frame.kind === 'broadcast') return `${frame.kind}${about}`;
  return `${frame.mac}${frame.isLearned ? ' learned' : ''}${frame.isArp ? ' arp' : ''}${about}`;
}

/** @param tag The VLAN tag that the frame carries so far. */
function transmit(search: Search, device: Device, way: Way, tag: Tag): void {
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
  if (isArpStopped(search, way, device, { boundTo: link.name }, ['egress'])) return;
  if (isIntercepted(search, way, device, 'egress')) return;
  switch (link.detail.kind) {
    case 'veth':
      transmitVeth(search, device, way, tag);
      return;
    case 'bridge':
      bridgeForward(search, device, undefined, way, tag);
      return;
    case 'vxlan':
      transmitTunnel(search, device, way, tag);
      return;
    case 'macvlan':
      transmitMacvlan(search, device, way, tag);
      return;
    case 'vlan':
      if (tag === undefined) transmitByLower(search, device, way, link.detail.id);
      else block(search, way, ref, 'unmodelled', 'a VLAN tag within another');
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

function transmitVeth(search: Search, device: Device, way: Way, tag: Tag): void {
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
  receive(search, far, [...way, { kind: 'wire', from: device, to: far }], tag);
}

function transmitTunnel(search: Search, device: Device, way: Way, tag: Tag): void {
  if (search.seen.has(device)) return;
  search.seen.add(device);
  const { ends, blocks } = search.tunnels.ends(device, search.frame, search.from.link.mac);
  for (const each of blocks) stop(search, way, each);
  for (const end of ends) {
    const crossing = { kind: 'tunnel' as const, from: device, to: end.device, remote: end.remote };
    receive(search, end.device, [...way, crossing], tag);
  }
}

function receive(search: Search, device: Device, way: Way, tag: Tag): void {
  const { link, ref, netns } = device;
  const [unmodelled] = link.unmodelled;
  if (unmodelled !== undefined) {
    block(search, way, ref, 'unmodelled', unmodelled);
    return;
  }
  if (isIntercepted(search, way, device, 'ingress')) return;
  if (isArpStopped(search, way, device, { boundTo: link.name }, ['ingress'])) return;
  const vlan = tag === undefined ? undefined : vlanOn(search.host, device, tag);
  if (vlan !== undefined) {
    // It takes what is its own before a bridge or a macvlan sees it.
    receiveUp(search, device, vlan, way, undefined);
    return;
  }
  if (link.master === undefined) {
    takeUp(search, device, way, tag);
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
  bridgeForward(search, master, { device, port: link.port }, way, tag);
}

/** What takes every frame, or nobody knows which, lets none be counted on. */
function isIntercepted(search: Search, way: Way, device: Device, side: Interceptor['side']): boolean {
  const taker = takerOn(device, side);
  if (taker === undefined) return false;
  const because = taker.takes.kind === 'all' ? ('intercepted' as const) : ('unmodelled' as const);
  stop(search, way, { at: device.ref, because, detail: taker.name, interceptor: taker });
  return true;
}
