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
const FIRST_STREAMS = 64;

/** What the packets of two points say, `a` the lower one. */
export interface PairSamples {
  readonly a: number;
  readonly b: number;
  packets: number;
  readonly streams: StreamSamples;
  readonly drift: DriftSamples;
}

/** How much later the packets of a stream were seen at b. */
interface StreamDelays {
  readonly minimumNs: number;
  readonly maximumNs: number;
  readonly ttl: number;
  readonly firstNs: number;
  /** How many more were seen later at b than were seen earlier. */
  readonly lean: number;
}

/** Numbers of a stream. */
const DELAYS = { minimumNs: 0, maximumNs: 1, ttl: 2, firstNs: 3, lean: 4, isThere: 5, numbers: 6 } as const;

/** By stream, in the order in which they came: as plain numbers, of tens of thousands of objects some 20 MB would stay. */
export class StreamSamples {
  readonly #places = new Map<number, number>();
  #numbers = new Float64Array(FIRST_STREAMS * DELAYS.numbers);

  /** @returns Whether it is of one of the two directions, the same for all streams between two addresses. */
  add(stream: number, deltaNs: number, ttl: number, timeNs: number, isThere: () => boolean): boolean {
    const known = this.#places.get(stream);
    const at = known ?? this.#enter(stream, deltaNs, timeNs, isThere());
    const numbers = this.#numbers;
    numbers[at + DELAYS.minimumNs] = Math.min(numbers[at + DELAYS.minimumNs] ?? 0, deltaNs);
    numbers[at + DELAYS.maximumNs] = Math.max(numbers[at + DELAYS.maximumNs] ?? 0, deltaNs);
    numbers[at + DELAYS.ttl] = (numbers[at + DELAYS.ttl] ?? 0) + ttl;
    numbers[at + DELAYS.lean] = (numbers[at + DELAYS.lean] ?? 0) + Math.sign(deltaNs);
    return numbers[at + DELAYS.isThere] === 1;
  }

  of(stream: number): StreamDelays | undefined {
    const at = this.#places.get(stream);
    return at === undefined ? undefined : this.#at(at);
  }

  *[Symbol.iterator](): Generator<readonly [number, StreamDelays]> {
    for (const [stream, at] of this.#places) yield [stream, this.#at(at)];
  }

  #at(at: number): StreamDelays {
    const number = (index: number) => this.#numbers[at + index] ?? 0;
    return {
      minimumNs: number(DELAYS.minimumNs),
      maximumNs: number(DELAYS.maximumNs),
      ttl: number(DELAYS.ttl),
      firstNs: number(DELAYS.firstNs),
      lean: number(DELAYS.lean),
    };
  }

  #enter(stream: number, deltaNs: number, timeNs: number, isThere: boolean): number {
    const at = this.#places.size * DELAYS.numbers;
    if (at === this.#numbers.length) {
      const numbers = new Float64Array(at * 2);
      numbers.set(this.#numbers);
      this.#numbers = numbers;
    }
    this.#numbers.set([deltaNs, deltaNs, 0, timeNs, 0, isThere ? 1 : 0], at);
    this.#places.set(stream, at);
    return at;
  }
}

/** Likenesses of which each point has at most one, every so many; as if the clock of b went at the rate of a's. */
export function pairSamples(
  index: SightingIndex,
  streams: Streams,
  pointCount: number,
  rateOf: (a: number, b: number) => number,
): readonly PairSamples[] {
  const { records, sightings } = index;
  const pairs = new Map<number, PairSamples>();
  const stride = Math.max(1, Math.floor(sightings.count / MOST_SAMPLES));
  for (let likeness = 0; likeness < sightings.count; likeness += stride) {
    const start = index.startOf(likeness);
    const end = index.startOf(likeness + 1);
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
          pair = { a, b, packets: 0, streams: new StreamSamples(), drift: new DriftSamples() };
          pairs.set(a * pointCount + b, pair);
        }
        pair.packets++;
        const timeNs = index.timeNs(x);
        const deltaNs = index.timeNs(y) - rateOf(a, b) * timeNs;
        const ttl = index.ttl(x) - index.ttl(y);
        const isThere = pair.streams.add(stream, deltaNs, ttl, timeNs, () =>
          ttl === 0 ? isInAddressOrder(index, stream) : ttl > 0,
        );
        pair.drift.add(isThere, timeNs, deltaNs);
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
