/**
 * Who stands left of whom: each box gets a rank, and every line leads from the lower to the higher one.
 *
 * A chain goes from one of its ends to the other. A hub with many around it stands in the middle, and the others left
 * and right of it, so that thirty containers on one bridge make two columns, and not one.
 *
 * @module
 */

/** So many around one make it a hub. */
const HUB_NEIGHBORS = 4;

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** @param pairs Ids of boxes that a line joins. */
export function ranksOf(
  ids: readonly string[],
  pairs: readonly (readonly [a: string, b: string])[],
): ReadonlyMap<string, number> {
  const graph = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const [a, b] of pairs) {
    if (a === b) continue;
    graph.get(a)?.add(b);
    graph.get(b)?.add(a);
  }
  const ranks = new Map<string, number>();
  for (const id of ids) {
    if (ranks.has(id)) continue;
    const component = [...distancesFrom(graph, id).keys()];
    for (const [each, rank] of ranksWithin(graph, component)) ranks.set(each, rank);
  }
  return ranks;
}

function ranksWithin(graph: Graph, component: readonly string[]): ReadonlyMap<string, number> {
  const [hub = ''] = component.toSorted((a, b) => degree(graph, b) - degree(graph, a));
  if (degree(graph, hub) >= HUB_NEIGHBORS) return aroundHub(graph, hub);
  const farthest = (from: string) => [...distancesFrom(graph, from).keys()].at(-1) ?? from;
  // The first one of the list stays on the left.
  const [first = ''] = component;
  const oneEnd = farthest(first);
  const otherEnd = farthest(oneEnd);
  const isFirstNear =
    (distancesFrom(graph, first).get(otherEnd) ?? 0) <= (distancesFrom(graph, first).get(oneEnd) ?? 0);
  return distancesFrom(graph, isFirstNear ? otherEnd : oneEnd);
}

/** In the order of the neighbours: the left side takes them, with what hangs on them, until it has half. */
function aroundHub(graph: Graph, hub: string): ReadonlyMap<string, number> {
  const ranks = new Map([[hub, 0]]);
  const half = (distancesFrom(graph, hub).size - 1) / 2;
  let left = 0;
  for (const neighbor of graph.get(hub) ?? []) {
    if (ranks.has(neighbor)) continue;
    const branch = distancesFrom(graph, neighbor, new Set(ranks.keys()));
    const isLeft = left + branch.size / 2 <= half;
    if (isLeft) left += branch.size;
    for (const [id, distance] of branch) ranks.set(id, isLeft ? -1 - distance : 1 + distance);
  }
  return ranks;
}

/** Breadth first: the last one is the farthest. */
function distancesFrom(graph: Graph, start: string, closed: ReadonlySet<string> = new Set()): Map<string, number> {
  const distances = new Map([[start, 0]]);
  for (const [id, distance] of distances) {
    for (const next of graph.get(id) ?? []) {
      if (!distances.has(next) && !closed.has(next)) distances.set(next, distance + 1);
    }
  }
  return distances;
}

function degree(graph: Graph, id: string): number {
  return graph.get(id)?.size ?? 0;
}
