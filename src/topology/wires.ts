/**
 * What joins two devices, and what leads out of sight: every wire of a host once, whatever state it is in.
 *
 * Limits: of kinds that are not modelled (ipvlan, GRE, WireGuard ...) nobody knows where they lead, and they have no wire.
 * The far end of a tunnel is who has its remote address; where several have it and none of them is clearly meant, that
 * is left open.
 *
 * Source: ip-link(8), bridge(8); drivers/net/vxlan/vxlan_core.c vxlan_xmit().
 *
 * @module
 */

import { allLinks, findNetns, type Host, linksOf, type Netns, sameDevice } from '../host/host.ts';
import type { DeviceRef, Link, LinkDetail, VethPeer } from '../host/link.ts';
import type { Address } from '../net/address.ts';
import { unreachable } from '../net/unreachable.ts';
import { segmentOf } from './wiring.ts';

/** Narrow on `kind`. `from` and `to` are of equal rank where nothing else is said. */
export type Wire =
  | { readonly kind: 'veth'; readonly from: DeviceRef; readonly to: DeviceRef }
  /** From a port to its bridge (or bond, or VRF). */
  | { readonly kind: 'port'; readonly from: DeviceRef; readonly to: DeviceRef }
  /** From a macvlan or VLAN device to what it stands on. */
  | { readonly kind: 'stacked'; readonly from: DeviceRef; readonly to: DeviceRef }
  /** Between two vxlans: `from` sends to the address of the other's machine, `back` is where that one sends. */
  | {
      readonly kind: 'tunnel';
      readonly from: DeviceRef;
      readonly to: DeviceRef;
      readonly vni: number;
      readonly remote: Address;
      readonly back: Address | undefined;
    }
  /** Out of a tunnel at whose far end nothing takes it; `holder`: the device that has the address. */
  | {
      readonly kind: 'open-tunnel';
      readonly from: DeviceRef;
      readonly vni: number;
      readonly remote: Address;
      readonly holder: DeviceRef | undefined;
    }
  /** To hardware, or to a program that reads a tun or tap. */
  | { readonly kind: 'outside'; readonly from: DeviceRef }
  /** To a device in a namespace that nobody could find; the numbers are the kernel's. */
  | { readonly kind: 'unseen'; readonly from: DeviceRef; readonly ifindex: number; readonly nsid: number | undefined };

/** Every wire, in the order of the devices that it begins at. */
export function wiresOf(host: Host): readonly Wire[] {
  const wires: Wire[] = [];
  for (const { netns, link } of allLinks(host)) {
    const ref = { netns: netns.name, device: link.name };
    if (link.master !== undefined) wires.push({ kind: 'port', from: ref, to: { ...ref, device: link.master } });
    wires.push(...wiresFrom(host, netns, link, ref));
  }
  return withoutSecondEnds(wires);
}

/** The devices that a wire names. */
export function endsOf(wire: Wire): readonly DeviceRef[] {
  return 'to' in wire ? [wire.from, wire.to] : [wire.from];
}

function wiresFrom(host: Host, netns: Netns, { detail, name }: Link, from: DeviceRef): readonly Wire[] {
  switch (detail.kind) {
    case 'veth':
      return [toEnd('veth', from, detail.peer)];
    case 'macvlan':
    case 'vlan':
      return [toEnd('stacked', from, detail.lower)];
    case 'vxlan':
      return remotesOf(netns, name, detail).map((remote) => tunnel(host, from, detail, remote));
    case 'physical':
      return [{ kind: 'outside', from }];
    case 'other':
      return detail.infoKind === 'tun' ? [{ kind: 'outside', from }] : [];
    case 'bridge':
    case 'dummy':
    case 'loopback':
      return [];
    default:
      return unreachable(detail);
  }
}

function toEnd(kind: 'veth' | 'stacked', from: DeviceRef, end: VethPeer): Wire {
  if (end.kind === 'unseen') return { kind: 'unseen', from, ifindex: end.ifindex, nsid: end.nsid };
  return { kind, from, to: { netns: end.netns, device: end.device } };
}

type Vxlan = Extract<LinkDetail, { kind: 'vxlan' }>;

/** By the entries that nothing relearns; by `remote`, which makes one of them, where they could not be read. */
function remotesOf({ fdb }: Netns, name: string, { remote, external }: Vxlan): readonly Address[] {
  if (external) return [];
  if (!fdb.known) return remote === undefined ? [] : [remote];
  const entries = fdb.value.filter(({ device, state }) => device === name && state !== 'dynamic');
  return [...new Set(entries.flatMap(({ destination }) => destination ?? []))];
}

function tunnel(host: Host, from: DeviceRef, vxlan: Vxlan, remote: Address): Wire {
  const holder = holderOf(host, from, vxlan, remote);
  const to = holder && vxlanIn(host, holder, vxlan, from);
  const { vni } = vxlan;
  if (to === undefined) return { kind: 'open-tunnel', from, vni, remote, holder };
  return { kind: 'tunnel', from, to, vni, remote, back: undefined };
}

/** Who has the address: on the wire of the underlay if anybody there, else the only one who has it anywhere. */
function holderOf(host: Host, from: DeviceRef, vxlan: Vxlan, remote: Address): DeviceRef | undefined {
  const holders = [...allLinks(host)].flatMap(({ netns, link }) =>
    link.addresses.some(({ address }) => address === remote) ? [{ netns: netns.name, device: link.name }] : [],
  );
  if (holders.length < 2) return holders[0];
  const underlay = findNetns(host, vxlan.underlay ?? from.netns);
  const wired = (underlay === undefined ? [] : linksOf(underlay)).flatMap(({ name }) =>
    vxlan.link === undefined || vxlan.link === name
      ? segmentOf(host, { netns: vxlan.underlay ?? from.netns, device: name })
      : [],
  );
  const near = holders.filter((holder) => wired.some((each) => sameDevice(each, holder)));
  return near.length === 1 ? near[0] : undefined;
}

/** The vxlan of that number and port whose underlay is where the address is. */
function vxlanIn(host: Host, { netns }: DeviceRef, { vni, dstPort }: Vxlan, from: DeviceRef): DeviceRef | undefined {
  for (const { netns: own, link } of allLinks(host)) {
    const { detail } = link;
    const ref = { netns: own.name, device: link.name };
    if (detail.kind !== 'vxlan' || detail.vni !== vni || detail.dstPort !== dstPort || sameDevice(ref, from)) continue;
    if ((detail.underlay ?? own.name) === netns) return ref;
  }
  return undefined;
}

/** A pair is told by each of its ends; the first one that knows the other stays. */
function withoutSecondEnds(wires: readonly Wire[]): readonly Wire[] {
  const kept = new Map<string, Wire>();
  const found = wires.flatMap((wire) => (wire.kind === 'veth' ? [wire.to] : []));
  for (const wire of wires) {
    if (wire.kind === 'unseen' && found.some((ref) => sameDevice(ref, wire.from))) continue;
    const isPaired = wire.kind === 'veth' || wire.kind === 'tunnel';
    const back = isPaired ? keyOf(wire.kind, wire.to, wire.from) : undefined;
    const first = back === undefined ? undefined : kept.get(back);
    if (back === undefined || first === undefined) kept.set(keyOf(wire.kind, ...keyEnds(wire)), wire);
    else if (first.kind === 'tunnel' && wire.kind === 'tunnel') kept.set(back, { ...first, back: wire.remote });
  }
  return [...kept.values()];
}

function keyEnds(wire: Wire): readonly [DeviceRef, DeviceRef | string] {
  if ('to' in wire) return [wire.from, wire.to];
  return [wire.from, wire.kind === 'open-tunnel' ? wire.remote : ''];
}

function keyOf(kind: string, from: DeviceRef, to: DeviceRef | string): string {
  return JSON.stringify([kind, from.netns, from.device, typeof to === 'string' ? to : [to.netns, to.device]]);
}
