/**
 * What is taken of the packets that two points both have: by stream, how much later one has them than the other.
 *
 * @module
 */

import { DriftSamples } from './clock-drift.ts';
import type { SightingIndex } from './sighting-index.ts';
import type { Streams } from './streams.ts';

/** Enough to know the quickest; more would only cost time. */
const MOST_SAMPLES = 50_000;

/** What the packets of two points say, `a` the lower one. */
export interface PairSamples {
  readonly a: number;
  readonly b: number;
  packets: number;
  /** By stream. */
  readonly streams: Map<number, StreamSamples>;
  readonly drift: DriftSamples;
}

interface StreamSamples {
  minimumNs: number;
  maximumNs: number;
  ttl: number;
  readonly firstNs: number;
  /** One of its two directions, the same for all streams between two addresses. */
  readonly isThere: boolean;
}

/** Likenesses of which each point has at most one, every so many; as if the clock of b went at the rate of a's. */
export function pairSamples(
  index: SightingIndex,
  streams: Streams,
  pointCount: number,
  rateOf: (a: number, b: number) => number,
): readonly PairSamples[] {
  const { starts, records, sightings } = index;
  const pairs = new Map<number, PairSamples>();
  const stride = Math.max(1, Math.floor(sightings.count / MOST_SAMPLES));
  for (let likeness = 0; likeness < sightings.count; likeness += stride) {
    const start = starts[likeness] ?? 0;
    const end = starts[likeness + 1] ?? 0;
    if (end - start < 2 || !isUnique(index, start, end)) continue;
    for (let first = start; first < end; first++) {
      for (let second = first + 1; second < end; second++) {
        const [left, right] = [records[first] ?? 0, records[second] ?? 0];
        const isInOrder = index.pointOf(left) < index.pointOf(right);
        const [x, y] = isInOrder ? [left, right] : [right, left];
        const stream = streams.of(index.flow(x));
        if (stream !== streams.of(index.flow(y))) continue;
        const a = index.pointOf(x);
        const b = index.pointOf(y);
        let pair = pairs.get(a * pointCount + b);
        if (pair === undefined) {
          pair = { a, b, packets: 0, streams: new Map(), drift: new DriftSamples() };
          pairs.set(a * pointCount + b, pair);
        }
        pair.packets++;
        const timeNs = index.timeNs(x);
        const deltaNs = index.timeNs(y) - rateOf(a, b) * timeNs;
        const ttl = index.ttl(x) - index.ttl(y);
        let known = pair.streams.get(stream);
        if (known === undefined) {
          const isThere = ttl === 0 ? isInAddressOrder(index, stream) : ttl > 0;
          known = { minimumNs: deltaNs, maximumNs: deltaNs, ttl: 0, firstNs: timeNs, isThere };
          pair.streams.set(stream, known);
        }
        known.minimumNs = Math.min(known.minimumNs, deltaNs);
        known.maximumNs = Math.max(known.maximumNs, deltaNs);
        known.ttl += ttl;
        pair.drift.add(known.isThere, timeNs, deltaNs);
      }
    }
  }
  return [...pairs.values()];
}

/** Whether each of its records is at another point. */
export function isUnique(index: SightingIndex, start: number, end: number): boolean {
  let seen = 0;
  for (let at = start; at < end; at++) {
    const bit = 1 << index.pointOf(index.records[at] ?? 0);
    if ((seen & bit) !== 0) return false;
    seen |= bit;
  }
  return true;
}

function isInAddressOrder({ sightings }: SightingIndex, stream: number): boolean {
  const { source, destination } = sightings.flows.flow(stream);
  const word = source.findIndex((each, at) => each !== destination[at]);
  return (source[word] ?? 0) < (destination[word] ?? 0);
}
