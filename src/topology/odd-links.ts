/**
 * What is odd about a device itself, and about the wire at it: down, without carrier, nowhere attached, of another MTU
 * than its other end.
 *
 * @module
 */

import { allLinks, findLink, linksOf, type Netns } from '../host/host.ts';
import type { DeviceRef, Link } from '../host/link.ts';
import { type Oddity, type OddityCode, placeName, type Surveyed, segmentAt } from './oddity.ts';
import { isModuleDevice, isUsed } from './use.ts';
import { portsOf, wiredTo } from './wiring.ts';

type Remark = readonly [code: OddityCode, text: string];

/** One remark a device at most: what is down is not blamed for its carrier as well. */
export function oddLinks(surveyed: Surveyed): readonly Oddity[] {
  return [...allLinks(surveyed.host)].flatMap(({ netns, link }) => {
    const ref = { netns: netns.name, device: link.name };
    const remark = isModuleDevice(link) ? undefined : remarkOn(surveyed, netns, link, ref);
    return remark === undefined ? [] : [{ code: remark[0], ...ref, text: remark[1] }];
  });
}

/** Namespaces into which nothing was moved; the one that nsdiag runs in may live without. */
export function emptyNamespaces({ host }: Surveyed): readonly Oddity[] {
  return host.namespaces.flatMap((netns) => {
    const isEmpty =
      netns.entry.kind !== 'here' &&
      netns.links.known &&
      netns.links.value.every((link) => link.detail.kind === 'loopback');
    const text = 'holds nothing but lo: no interface was moved into it';
    return isEmpty ? [{ code: 'no-interface', netns: netns.name, device: undefined, text }] : [];
  });
}

/** Pairs whose ends would send what the other cannot take. */
export function oddMtus({ host, wires }: Surveyed): readonly Oddity[] {
  return wires.flatMap((wire) => {
    if (wire.kind !== 'veth') return [];
    const [from, to] = [wire.from, wire.to].map((ref) => findLink(host, ref.netns, ref.device));
    if (from === undefined || to === undefined || from.mtu === to.mtu) return [];
    const [small, far, ref, other] =
      from.mtu < to.mtu ? [from, to, wire.from, wire.to] : [to, from, wire.to, wire.from];
    const text = `has MTU ${small.mtu}, its other end ${placeName(other)} ${far.mtu}: what is longer dies here`;
    return [{ code: 'mtu-differs', ...ref, text }];
  });
}

function remarkOn(surveyed: Surveyed, netns: Netns, link: Link, ref: DeviceRef): Remark | undefined {
  const { detail } = link;
  if (detail.kind === 'loopback') return link.up ? undefined : ['lo-down', 'is down: its own addresses do not answer'];
  if (!link.up) return ['link-down', 'is down'];
  if (detail.kind === 'veth' && detail.peer.kind === 'unseen') {
    return ['dangling-veth', `has its other end (index ${detail.peer.ifindex}) in a namespace that was not found`];
  }
  if (detail.kind === 'bridge' && netns.links.known && portsOf(surveyed.host, ref).length === 0) {
    return ['bridge-without-ports', 'is a bridge without ports'];
  }
  if (!link.carrier)
    return isCarrierExplained(surveyed, link, ref) ? undefined : ['no-carrier', 'is up without carrier'];
  if (link.port !== undefined && link.port.state !== 'forwarding') {
    return ['bridge-port-blocking', `is a port in state ${link.port.state}`];
  }
  if (link.noArp && (detail.kind === 'veth' || detail.kind === 'bridge' || detail.kind === 'physical')) {
    return ['interface-noarp', 'has ARP switched off'];
  }
  return remarkOnUse(surveyed, netns, link, ref);
}

/** Something that it hangs on is down, or has no carrier itself, and is marked there. */
function isCarrierExplained({ host }: Surveyed, link: Link, ref: DeviceRef): boolean {
  return wiredTo(host, ref).some((each) => {
    const other = findLink(host, each.netns, each.device);
    return other !== undefined && (!other.up || (!other.carrier && link.detail.kind !== 'veth'));
  });
}

/** A device that takes no part in anything. */
function remarkOnUse(surveyed: Surveyed, netns: Netns, link: Link, ref: DeviceRef): Remark | undefined {
  if (!mayHoldAddress(link) || isUsed(surveyed.host, netns, link)) return undefined;
  const bridges = linksOf(netns).filter((each) => each.detail.kind === 'bridge');
  const others = segmentAt(surveyed, ref)?.endpoints.filter((end) => end.ref.netns !== ref.netns) ?? [];
  const isAddressedFar = others.some((end) => isUsed(surveyed.host, undefined, end.link));
  if (link.detail.kind === 'veth' && bridges.length > 0 && isAddressedFar) {
    const names = bridges.map(({ name }) => name).join(' or ');
    return ['bridge-port-unattached', `has neither an address nor a bridge; ${names} is beside it`];
  }
  return ['no-address', 'is up, and has neither an address nor a bridge'];
}

/** A bridge works without one, a VRF has none, and so have most devices that are no Ethernet. */
function mayHoldAddress({ mac, detail }: Link): boolean {
  return mac !== undefined && detail.kind !== 'bridge' && !(detail.kind === 'other' && detail.infoKind === 'vrf');
}
