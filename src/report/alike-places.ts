/**
 * Namespaces that are told or drawn in one, because they differ in nothing but names that count up and host addresses: of
 * thirty containers on a bridge nobody reads the twentieth. Alike are also those that are odd in the same way (all with lo
 * down, as they were made); what has changed stands alone.
 *
 * @module
 */

import type { Marks } from '../topology/comparison.ts';
import type { Place, Topology } from '../topology/topology.ts';
import { shapeOf } from './text/topology-rows.ts';

/** So many of one shape are told in one. */
const LEAST_ALIKE = 3;

/** In the order of the first of each group. */
export function alikePlaces(topology: Topology, marks: Marks): readonly (readonly Place[])[] {
  const groups = new Map<string, Place[]>();
  topology.places.forEach((place, index) => {
    const odd = topology.oddities.filter((each) => each.netns === place.netns.name && each.device === undefined);
    const shape = place.unread ?? shapeOf(topology, place, marks);
    const key = isMarked(place, marks) ? `${index}` : JSON.stringify([shape, odd.map(({ code }) => code)]);
    groups.set(key, [...(groups.get(key) ?? []), place]);
  });
  return [...groups.values()].flatMap((group) =>
    group.length < LEAST_ALIKE ? group.map((place) => [place]) : [group],
  );
}

function isMarked({ netns, devices }: Place, marks: Marks): boolean {
  const isChanged = devices.some(({ name }) => marks.ofDevice({ netns: netns.name, device: name }) !== undefined);
  return marks.ofNetns(netns.name) !== undefined || isChanged;
}
