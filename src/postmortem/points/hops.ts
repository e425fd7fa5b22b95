/**
 * What happened between each two points that are next to each other on the way of some packet, in that direction.
 *
 * @module
 */

import type { Expectations } from './expectations.ts';
import { alignedNs, forEachPassage, type Matching, NOT_SEEN } from './passages.ts';
import type { Senses } from './senses.ts';

/** More are counted, and not looked at. */
const MOST_LISTED = 1_000_000;

/** For the median; later ones replace earlier ones at even distances. */
const MOST_DELAYS = 4096;

/** A packet of which the next point saw nothing that is like it, or of which the earlier point did. */
export interface Missing {
  readonly record: number;
  readonly from: number;
  readonly to: number;
}

export class Hop {
  readonly from: number;
  readonly to: number;
  /** Seen at both. */
  passed = 0;
  /** Not seen at `to`, but further on. */
  missed = 0;
  /** Found out later, see `settle`: lost, or seen at `to` after all in another shape, twice, or nobody can say. */
  lost = 0;
  unknown = 0;
  duplicated = 0;
  /** Arrived after one that was sent later. */
  reordered = 0;
  readonly reorderedRecords: number[] = [];
  leastDelayNs = Number.POSITIVE_INFINITY;
  mostDelayNs = Number.NEGATIVE_INFINITY;
  /** Seen at `from`: the one that took longest. */
  slowestRecord = NOT_SEEN;
  readonly #delays: number[] = [];
  /** By stream: the last records that passed. */
  readonly #lastFrom: Int32Array;
  readonly #lastTo: Int32Array;

  constructor(from: number, to: number, flows: number) {
    this.from = from;
    this.to = to;
    this.#lastFrom = new Int32Array(flows).fill(NOT_SEEN);
    this.#lastTo = new Int32Array(flows).fill(NOT_SEEN);
  }

  pass(stream: number, before: number, after: number, delayNs: number): void {
    this.passed++;
    if (delayNs < this.leastDelayNs) this.leastDelayNs = delayNs;
    if (delayNs > this.mostDelayNs) {
      this.mostDelayNs = delayNs;
      this.slowestRecord = before;
    }
    if (this.#delays.length < MOST_DELAYS) this.#delays.push(delayNs);
    else this.#delays[this.passed % MOST_DELAYS] = delayNs;
    const lastFrom = this.#lastFrom[stream] ?? NOT_SEEN;
    const lastTo = this.#lastTo[stream] ?? NOT_SEEN;
    if (lastFrom !== NOT_SEEN && before > lastFrom !== after > lastTo) {
      this.reordered++;
      if (this.reorderedRecords.length < MOST_DELAYS) this.reorderedRecords.push(Math.max(before, lastFrom));
      // The one that came late is no yardstick for those after it.
      if (after < lastTo) return;
    }
    this.#lastFrom[stream] = before;
    this.#lastTo[stream] = after;
  }

  medianDelayNs(): number | undefined {
    const sorted = [...this.#delays].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** How many of those that were looked at took longer. */
  shareSlowerThan(delayNs: number): number {
    return this.#delays.filter((delay) => delay > delayNs).length / Math.max(1, this.#delays.length);
  }
}

export interface Hops {
  readonly all: ReadonlyMap<number, Hop>;
  /** Seen at `from`, expected at `to`, and not seen there nor further on. */
  readonly missing: readonly Missing[];
  /** Seen at `to` without having been seen at `from`, where it was expected. */
  readonly appeared: readonly Missing[];
  /** Of both kinds: so many more, which are not listed. */
  readonly unlisted: number;
}

export function hopOf(hops: Map<number, Hop>, { pointCount, index }: Matching, from: number, to: number): Hop {
  const key = from * pointCount + to;
  let hop = hops.get(key);
  if (hop === undefined) {
    hop = new Hop(from, to, index.sightings.flows.count);
    hops.set(key, hop);
  }
  return hop;
}

/** Follow every packet. */
export function followAll(matching: Matching, senses: Senses, expectations: Expectations): Hops {
  const { ways, pointCount } = matching;
  const { order } = ways;
  const all = new Map<number, Hop>();
  const missing: Missing[] = [];
  const appeared: Missing[] = [];
  let unlisted = 0;
  const list = (into: Missing[], record: number, from: number, to: number) => {
    if (into.length < MOST_LISTED) into.push({ record, from, to });
    else unlisted++;
  };
  forEachPassage(matching, (stream, passage) => {
    const sense = senses.of(stream);
    const expected = expectations.pointsOf(stream);
    let before = NOT_SEEN;
    let from = -1;
    /** The first point since `from` that should have seen it and did not. */
    let skipped = -1;
    for (let step = 0; step < pointCount; step++) {
      const point = order[sense < 0 ? pointCount - 1 - step : step] ?? 0;
      const record = passage[point] ?? NOT_SEEN;
      if (record === NOT_SEEN) {
        if (skipped === -1 && (expected & (1 << point)) !== 0) skipped = point;
        continue;
      }
      if (before !== NOT_SEEN) {
        if (skipped === -1) {
          const delayNs = alignedNs(matching, record) - alignedNs(matching, before);
          hopOf(all, matching, from, point).pass(stream, before, record, delayNs);
        } else hopOf(all, matching, from, skipped).missed++;
      } else if (skipped !== -1) list(appeared, record, skipped, point);
      before = record;
      from = point;
      skipped = -1;
    }
    // Where nothing says which way it went, nothing says that it should have been there.
    if (before !== NOT_SEEN && skipped !== -1 && sense !== 0) list(missing, before, from, skipped);
  });
  return { all, missing, appeared, unlisted };
}
