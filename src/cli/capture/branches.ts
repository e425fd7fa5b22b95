/**
 * Where a packet came from that goes to all: a bridge sends it to every port, so that the place before in time need not be the
 * one before on its way.
 *
 * Limit: where several ways join, the latest of the places that it may have come from is taken.
 *
 * @module
 */

import type { Places } from './places.ts';

/** @returns The hop that the hop came from; `undefined`: from where nobody listens. */
export function branchedFrom(places: Places, points: readonly number[], hop: number): number | undefined {
  const place = places.all[points[hop] ?? -1];
  if (place === undefined) return undefined;
  const { netns, device, direction, stream, ifindex } = place;
  const master = places.link(stream, ifindex)?.master;
  let within: number | undefined;
  for (let before = hop - 1; before >= 0; before--) {
    const point = points[before] ?? -1;
    const other = places.all[point];
    if (other === undefined) continue;
    if (direction === 'in' && other.direction === 'out') {
      const wire = places.wireOf(point);
      if (wire.kind === 'place' && wire.place.netns === netns && wire.place.device === device) return before;
    }
    if (within !== undefined || other.netns !== netns) continue;
    const isSibling = other.direction === 'out' && master !== undefined && masterOf(places, point) === master;
    if (!isSibling) within = before;
  }
  return within;
}

function masterOf(places: Places, point: number): string | undefined {
  const place = places.all[point];
  return place === undefined ? undefined : places.link(place.stream, place.ifindex)?.master;
}
