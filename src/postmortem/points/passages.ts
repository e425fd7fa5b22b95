/**
 * Likenesses to passages: one packet's way through the points, a record at each that saw it.
 *
 * Where a point saw several packets that are alike, they are paired with those of the other points in order, and where
 * one saw fewer, so that the times fit best.
 *
 * @module
 */

import { alignedTo } from './clock-line.ts';
import { isUnique } from './pair-samples.ts';
import type { SightingIndex } from './sighting-index.ts';
import type { Streams } from './streams.ts';
import type { Ways } from './ways.ts';

/** At a point that did not see it. */
export const NOT_SEEN = -1;

/** Farther apart, two packets that are alike are two packets; nearer, with another TTL, one that passed twice. */
const TWICE_NS = 1_000_000_000;

/** @param passage By point: the record, or NOT_SEEN. Valid during the call only. */
export type OnPassage = (stream: number, passage: Int32Array) => void;

export interface Matching {
  readonly index: SightingIndex;
  readonly streams: Streams;
  readonly ways: Ways;
  readonly pointCount: number;
}

/** By the clock of the first point. */
export function alignedNs({ index, ways }: Matching, record: number): number {
  return alignedTo(ways.clocks, index.pointOf(record), index.timeNs(record));
}

/** Every passage, in the order in which the first file has the packets. */
export function forEachPassage(matching: Matching, told: OnPassage): void {
  const { index } = matching;
  const passage = new Int32Array(matching.pointCount);
  const { count } = index.sightings;
  for (let likeness = 0; likeness < count; likeness++) tellPassages(matching, likeness, passage, told);
}

/** The one that the record belongs to. */
export function passageOf(matching: Matching, record: number): Int32Array | undefined {
  let found: Int32Array | undefined;
  const likeness = matching.index.likeness(record);
  if (likeness < 0) return undefined;
  tellPassages(matching, likeness, new Int32Array(matching.pointCount), (_, passage) => {
    if (passage.includes(record)) found = passage.slice();
  });
  return found;
}

function tellPassages(matching: Matching, likeness: number, passage: Int32Array, told: OnPassage): void {
  const { index, streams } = matching;
  const { records } = index;
  const start = index.startOf(likeness);
  const end = index.startOf(likeness + 1);
  if (start === end) return;
  const stream = streams.of(index.flow(records[start] ?? 0));
  if (end - start === 1 || (isUnique(index, start, end) && isOneStream(matching, start, end, stream))) {
    passage.fill(NOT_SEEN);
    for (let at = start; at < end; at++) {
      const record = records[at] ?? 0;
      passage[index.pointOf(record)] = record;
    }
    told(stream, passage);
    return;
  }
  const byStream = new Map<number, number[]>();
  for (let at = start; at < end; at++) {
    const record = records[at] ?? 0;
    const own = streams.of(index.flow(record));
    const known = byStream.get(own);
    if (known === undefined) byStream.set(own, [record]);
    else known.push(record);
  }
  for (const [own, alike] of byStream) for (const found of paired(matching, alike)) told(own, found);
}

function isOneStream({ index, streams }: Matching, start: number, end: number, stream: number): boolean {
  for (let at = start + 1; at < end; at++) {
    if (streams.of(index.flow(index.records[at] ?? 0)) !== stream) return false;
  }
  return true;
}

/** Records of one stream that are alike, to passages. */
function paired(matching: Matching, alike: readonly number[]): readonly Int32Array[] {
  const byPoint: number[][] = Array.from({ length: matching.pointCount }, () => []);
  for (const record of alike) byPoint[matching.index.pointOf(record)]?.push(record);
  const lists = byPoint.map((records) => withoutReturns(matching, records)).filter(({ length }) => length > 0);
  // The point that saw the most has, as a rule, all of them.
  lists.sort((a, b) => b.length - a.length);
  const [most = [], ...others] = lists;
  const passages = most.map((record) => begin(matching, record));
  for (const records of others) {
    const places = placesOf(matching, most, records);
    for (const [at, record] of records.entries()) {
      const passage = passages[places[at] ?? 0];
      if (passage !== undefined) passage[matching.index.pointOf(record)] = record;
    }
  }
  return passages;
}

function begin({ index, pointCount }: Matching, record: number): Int32Array {
  const passage = new Int32Array(pointCount).fill(NOT_SEEN);
  passage[index.pointOf(record)] = record;
  return passage;
}

/** A router that sends a packet back by the device that it came in by shows it twice there, with two TTLs. */
function withoutReturns(matching: Matching, records: readonly number[]): readonly number[] {
  const { index } = matching;
  return records.filter((record, at) => {
    const before = records[at - 1];
    if (before === undefined || index.ttl(before) === index.ttl(record)) return true;
    return index.timeNs(record) - index.timeNs(before) > TWICE_NS;
  });
}

/**
 * For each of the fewer, its place among the more: in order, and each as near in time as the others allow.
 *
 * @returns Ascending indexes into `more`.
 */
function placesOf(matching: Matching, more: readonly number[], fewer: readonly number[]): readonly number[] {
  const spare = more.length - fewer.length;
  if (spare === 0) return fewer.map((_, at) => at);
  const apartNs = (at: number, place: number) =>
    Math.abs(alignedNs(matching, fewer[at] ?? 0) - alignedNs(matching, more[place] ?? 0));
  const places: number[] = [];
  let place = 0;
  for (let at = 0; at < fewer.length; at++) {
    // So many must be left for those that follow.
    while (place < at + spare && apartNs(at, place + 1) < apartNs(at, place)) place++;
    places.push(place);
    place++;
  }
  return places;
}
