/**
 * What is odd about addresses: on a port, in two places, in nets that do not see each other; and about MACs.
 *
 * @module
 */

import { allLinks, linksOf } from '../host/host.ts';
import type { DeviceRef, InterfaceAddress, Link } from '../host/link.ts';
import { FAMILY_BITS } from '../net/address.ts';
import { contains, formatPrefix, prefixOf } from '../net/prefix.ts';
import { type Oddity, placeName, type Surveyed, segmentAt } from './oddity.ts';
import type { Segment } from './segments.ts';
import { ownAddresses } from './use.ts';
import type { Endpoint } from './wiring.ts';

/** An address on an enslaved port never answers: it belongs on the bridge. */
export function addressesOnPorts({ host }: Surveyed): readonly Oddity[] {
  return [...allLinks(host)].flatMap(({ netns, link }) => {
    if (link.port === undefined || link.master === undefined) return [];
    return ownAddresses(link).map(({ address }) => ({
      code: 'bridge-address-on-port',
      netns: netns.name,
      device: link.name,
      text: `has ${address} as a port of ${link.master}, where it does not answer`,
    }));
  });
}

/** Addresses that failed duplicate detection. */
export function failedAddresses({ host }: Surveyed): readonly Oddity[] {
  return [...allLinks(host)].flatMap(({ netns, link }) =>
    link.addresses
      .filter(({ flags }) => flags.includes('dadfailed'))
      .map(({ address }) => ({
        code: 'dad-failed',
        netns: netns.name,
        device: link.name,
        text: `has ${address}, which failed duplicate address detection`,
      })),
  );
}

interface Holder {
  readonly ref: DeviceRef;
  readonly own: InterfaceAddress;
  readonly segment: Segment | undefined;
}

/** Marked at each place, with one of the others named. */
export function repeatedAddresses(surveyed: Surveyed): readonly Oddity[] {
  const holders = new Map<string, Holder[]>();
  for (const { netns, link } of allLinks(surveyed.host)) {
    const ref = { netns: netns.name, device: link.name };
    for (const own of ownAddresses(link)) {
      const others = holders.get(own.address) ?? [];
      holders.set(own.address, [...others, { ref, own, segment: segmentAt(surveyed, ref) }]);
    }
  }
  return [...holders.values()].flatMap((all) => all.flatMap((holder) => oddHolder(holder, all)));
}

function oddHolder({ ref, own, segment }: Holder, all: readonly Holder[]): readonly Oddity[] {
  const others = all.filter((each) => each.ref !== ref);
  const beside = others.filter((each) => each.segment === segment);
  const [other] = beside.length > 0 ? beside : others;
  if (other === undefined) return [];
  const count = (beside.length > 0 ? beside : others).length;
  const where = `${placeName(other.ref)}${count > 1 ? ` and ${count - 1} more` : ''}`;
  return beside.length > 0
    ? [{ code: 'duplicate-address', ...ref, text: `has ${own.address}, and on the same segment so has ${where}` }]
    : [{ code: 'destination-ambiguous', ...ref, text: `has ${own.address}, and so has ${where}, on another segment` }];
}

/** One net on two devices of a namespace that no wire joins: the kernel asks for all of it on one of them. */
export function repeatedNets(surveyed: Surveyed): readonly Oddity[] {
  return surveyed.host.namespaces.flatMap((netns) => {
    // One that is down has no route, and is odd for that alone.
    const up = linksOf(netns).filter((link) => link.up);
    const holders = up.flatMap((link) => {
      const ref = { netns: netns.name, device: link.name };
      return ownAddresses(link).map((own): Holder => ({ ref, own, segment: segmentAt(surveyed, ref) }));
    });
    return holders.flatMap(({ ref, own, segment }) => {
      const other = holders.find((each) => isOneNet(each.own, own) && areApart(each.segment, segment));
      if (other === undefined) return [];
      const net = formatPrefix(prefixOf(own.address, own.prefixLength));
      return [{ code: 'wrong-route', ...ref, text: `is in ${net}, and so is ${other.ref.device}, on another segment` }];
    });
  });
}

function isOneNet(a: InterfaceAddress, b: InterfaceAddress): boolean {
  if (a.peer !== undefined || b.peer !== undefined || a.prefixLength !== b.prefixLength) return false;
  return a.prefixLength < FAMILY_BITS[a.family] && contains(prefixOf(a.address, a.prefixLength), b.address);
}

/** What leads out of sight may well meet there. */
function areApart(a: Segment | undefined, b: Segment | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b && (a.isClosed || b.isClosed);
}

/** Two ends of one segment of which one takes the other for a neighbour, and is not taken for one. */
export function unequalPrefixes({ segments }: Surveyed): readonly Oddity[] {
  return [...new Set(segments.values())].flatMap(({ endpoints }) => {
    const own = endpoints.flatMap(({ ref, link }) => ownAddresses(link).map((address) => ({ ref, address })));
    return own.flatMap(({ ref, address }) => {
      const seer = own.find((other) => sees(other.address, address) && !sees(address, other.address));
      if (seer === undefined || address.prefixLength === FAMILY_BITS[address.family]) return [];
      // Where it shares its net with somebody else, it is the other one that is odd.
      if (own.some((other) => other.ref !== ref && sees(other.address, address) && sees(address, other.address)))
        return [];
      const [mine, theirs] = [address, seer.address].map((each) =>
        formatPrefix({ ...prefixOf(each.address, each.prefixLength), address: each.address }),
      );
      return [
        { code: 'wrong-prefix', ...ref, text: `has ${mine}, which leaves out ${theirs} of ${placeName(seer.ref)}` },
      ];
    });
  });
}

function sees(from: InterfaceAddress, to: InterfaceAddress): boolean {
  return from.peer === undefined && contains(prefixOf(from.address, from.prefixLength), to.address);
}

/** Two ends of one segment with one MAC. */
export function repeatedMacs({ segments }: Surveyed): readonly Oddity[] {
  return [...new Set(segments.values())].flatMap(({ endpoints }) => {
    const ends = endpoints.filter(({ link }) => hasOwnMac(link));
    return ends.flatMap(({ ref, link }): readonly Oddity[] => {
      const twin = ends.find((end) => end.ref !== ref && end.link.mac === link.mac && !areTogether(end, { ref, link }));
      const text = `has MAC ${link.mac}, and on the same segment so has ${twin === undefined ? '' : placeName(twin.ref)}`;
      return twin === undefined ? [] : [{ code: 'duplicate-mac', ...ref, text }];
    });
  });
}

/** A VLAN device has the MAC of what it stands on, and so has a macvlan in mode passthru. */
function hasOwnMac({ mac, master, detail }: Link): boolean {
  if (mac === undefined || mac === '00:00:00:00:00:00' || master !== undefined) return false;
  return detail.kind !== 'vlan' && !(detail.kind === 'macvlan' && detail.mode === 'passthru');
}

/** A device and what it stands on, in one namespace. */
function areTogether(a: Endpoint, b: Endpoint): boolean {
  const standsOn = (upper: Endpoint, lower: Endpoint) =>
    upper.link.detail.kind === 'vxlan' && upper.link.detail.link === lower.ref.device;
  return a.ref.netns === b.ref.netns && (standsOn(a, b) || standsOn(b, a));
}
