/**
 * Where a packet came from that goes to all: a bridge sends it to every port, so that the place before in time need not be the
 * one before on its way.
 *
 * Limit: where several ways join, the latest of the places that it may have come from is taken.
 *
 * @module
 */

import type { Link } from '../../host/link.ts';
import type { Places } from './places.ts';

/** @returns The hop that the hop came from; `undefined`: from where nobody listens. */
export function branchedFrom(places: Places, points: readonly number[], hop: number): number | undefined {
  const place = places.all[points[hop] ?? -1];
  if (place === undefined) return undefined;
  const { netns, device, direction } = place;
  const link = places.link(place.stream, place.ifindex);
  const name = `${netns}:${device}`;
  const otherEnd = otherEndOf(link);
  const lower = lowerOf(link);
  let within: number | undefined;
  for (let before = hop - 1; before >= 0; before--) {
    const other = places.all[points[before] ?? -1];
    if (other === undefined) continue;
    const otherName = `${other.netns}:${other.device}`;
    if (direction === 'in' && other.direction === 'out' && otherName === otherEnd) return before;
    if (direction === 'in' && other.direction === 'in' && otherName === lower) return before;
    if (within !== undefined) continue;
    const otherLink = places.link(other.stream, other.ifindex);
    const otherLower = lowerOf(otherLink);
    // What a device sends that is put onto another goes out by that, and up to the others that are put onto it.
    const through = direction === 'out' ? name : lower;
    const isOnto = otherLower !== undefined && otherLower === through;
    const isPort = other.direction === 'out' && link?.master !== undefined && otherLink?.master === link.master;
    if (isOnto ? other.direction === 'out' : other.netns === netns && !isPort) within = before;
    // Only a wire leads there from further away.
    if (within !== undefined && (direction === 'out' || (otherEnd === undefined && lower === undefined))) return within;
  }
  return within;
}

/** The other end of its wire. */
function otherEndOf(link: Link | undefined): string | undefined {
  if (link?.detail.kind !== 'veth') return undefined;
  const { peer } = link.detail;
  return peer.kind === 'unseen' ? undefined : `${peer.netns}:${peer.device}`;
}

/** The device that it is put onto, in whatever namespace. */
function lowerOf(link: Link | undefined): string | undefined {
  if (link?.detail.kind !== 'macvlan' && link?.detail.kind !== 'vlan') return undefined;
  const { lower } = link.detail;
  return lower.kind === 'found' ? `${lower.netns}:${lower.device}` : undefined;
}
