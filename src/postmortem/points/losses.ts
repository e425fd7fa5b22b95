/**
 * Lost packets, one loss a hop, with what they have in common.
 *
 * @module
 */

import type { Frame } from '../frame.ts';
import { alignedTo } from './clock-line.ts';
import { commonLosses } from './common.ts';
import type { Expectations } from './expectations.ts';
import type { Hops, Missing } from './hops.ts';
import type { Matching } from './passages.ts';
import type { CapturePoint, Part } from './places.ts';
import type { Senses } from './senses.ts';

/** Enough to see what is different about the lost ones. */
const MOST_COMPARED = 50_000;

export interface LostBetween {
  readonly from: number;
  readonly to: number;
  /** At `from`, in order; never empty. */
  readonly records: readonly number[];
  readonly common: string | undefined;
  /** Answers that are missed only where their requests passed: they may have gone another way. */
  readonly isInferred: boolean;
}

export function lossesOf(
  matching: Matching,
  hops: Hops,
  lost: readonly Missing[],
  senses: Senses,
  expectations: Expectations,
): readonly LostBetween[] {
  const byHop = new Map<number, number[]>();
  const { index, streams } = matching;
  for (const { record, from, to } of lost) {
    const isInferred = expectations.isInferred(streams.of(index.flow(record)));
    const key = (from * matching.pointCount + to) * 2 + (isInferred ? 1 : 0);
    const records = byHop.get(key);
    if (records === undefined) byHop.set(key, [record]);
    else records.push(record);
  }
  return [...byHop].flatMap(([key, records]) => {
    const hop = key >>> 1;
    const from = Math.floor(hop / matching.pointCount);
    const to = hop % matching.pointCount;
    const isInferred = (key & 1) === 1;
    records.sort((a, b) => a - b);
    const arrived = arrivedOf(matching, hops, from, to, senses, expectations);
    if (records.length > MOST_COMPARED) {
      const [{ common } = { common: undefined }] = commonLosses(matching.index, every(records, MOST_COMPARED), arrived);
      return [{ from, to, records, common, isInferred }];
    }
    return commonLosses(matching.index, records, arrived).map(({ lost: of, common }) => ({
      from,
      to,
      records: of,
      common,
      isInferred,
    }));
  });
}

/** Some of those that left `from` for `to` and were not missed there. */
function arrivedOf(
  { index, streams, ways }: Matching,
  hops: Hops,
  from: number,
  to: number,
  senses: Senses,
  expectations: Expectations,
): readonly number[] {
  const missing = new Set<number>();
  for (const each of hops.missing) if (each.from === from && each.to === to) missing.add(each.record);
  const sense = ways.order.indexOf(from) < ways.order.indexOf(to) ? 1 : -1;
  const arrived: number[] = [];
  for (const record of index.recordsOf(from)) {
    const flow = index.flow(record);
    if (flow < 0 || missing.has(record)) continue;
    const stream = streams.of(flow);
    if (senses.of(stream) !== sense || (expectations.pointsOf(stream) & (1 << to)) === 0) continue;
    arrived.push(record);
    if (arrived.length >= MOST_COMPARED) break;
  }
  return arrived;
}

function every(records: readonly number[], most: number): readonly number[] {
  const step = records.length / most;
  return Array.from({ length: most }, (_, at) => records[Math.floor(at * step)] ?? 0);
}

/** As a person finds the packet again. */
export function frameOf({ index }: Matching, parts: readonly Part[], record: number): Frame {
  const capture = parts[index.partOf(record)]?.capture ?? 0;
  const baseNs = BigInt(index.sightings.baseSeconds ?? 0) * 1_000_000_000n;
  return { capture, number: index.number(record), timestampNs: baseNs + BigInt(index.timeNs(record)) };
}

/** First and last packet and how many: a point's, by the clock of the first point. */
export function pointOf(matching: Matching, parts: readonly Part[], point: number): CapturePoint {
  const { index, ways } = matching;
  const own = parts.flatMap((_, part) => (index.pointOfPart[part] === point ? [part] : []));
  own.sort((a, b) => firstNsOf(matching, a) - firstNsOf(matching, b));
  const dropped = own.flatMap((part) => parts[part]?.dropped ?? []);
  const spans = own.flatMap((part) => {
    const records = index.sightings.points[part];
    if (records === undefined || records.length === 0) return [];
    const { length } = records;
    return [{ length, firstNs: records.timeNs(0), lastNs: records.timeNs(length - 1) }];
  });
  const aligned = (timeNs: number) => alignedTo(ways.clocks, point, timeNs);
  return {
    name: parts[own[0] ?? 0]?.name ?? '',
    parts: own,
    files: own.flatMap((part) => parts[part]?.file ?? []),
    packets: spans.reduce((sum, { length }) => sum + length, 0),
    dropped: dropped.length === 0 ? undefined : dropped.reduce((sum, count) => sum + count, 0),
    firstNs: spans.length === 0 ? undefined : aligned(Math.min(...spans.map(({ firstNs }) => firstNs))),
    lastNs: spans.length === 0 ? undefined : aligned(Math.max(...spans.map(({ lastNs }) => lastNs))),
  };
}

function firstNsOf({ index }: Matching, part: number): number {
  return index.sightings.points[part]?.timeNs(0) ?? 0;
}
