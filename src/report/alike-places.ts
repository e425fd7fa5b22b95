/**
 * Namespaces that are told or drawn in one, because they differ in nothing but names that count up and host addresses: of
 * thirty containers on a bridge nobody reads the twentieth. What is odd, or has changed, stands alone.
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
    const { netns, unread } = place;
    const isOdd = topology.oddities.some((each) => each.netns === netns.name);
    const isAlone = isOdd || isMarked(place, marks);
    const key = isAlone ? `${index}` : (unread ?? shapeOf(topology, place, marks));
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
