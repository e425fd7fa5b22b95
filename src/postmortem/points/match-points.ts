/**
 * The whole of it: what was seen at several places, to what happened between them.
 *
 * @module
 */

import type { Finding } from '../finding.ts';
import { Expectations } from './expectations.ts';
import type { FoundBetween } from './found-between.ts';
import { followAll, type Hop } from './hops.ts';
import { lossFindings } from './loss-findings.ts';
import { frameOf, type LostBetween, lossesOf, pointOf } from './losses.ts';
import { nothingArrived } from './nothing-arrived.ts';
import type { Matching } from './passages.ts';
import type { Part } from './places.ts';
import type { Clock, HopRow, PointsAnalysis } from './points-analysis.ts';
import { findingsOf } from './points-findings.ts';
import { ReturnWays } from './return-ways.ts';
import { rewritingsOf } from './rewritings.ts';
import { Senses } from './senses.ts';
import { type Doubt, settle } from './settle.ts';
import { SightingIndex } from './sighting-index.ts';
import type { Sightings } from './sightings.ts';
import { pointsOfParts } from './slices.ts';
import { Streams } from './streams.ts';
import { twoOwners } from './two-owners.ts';
import { waysOf } from './ways.ts';

/** Points are bits of a number. */
export const MOST_POINTS = 30;

/** More are named by a pattern, and need not belong together. */
const FEW_POINTS = 4;

/** Everything that was seen, matched; to be asked for single packets too. */
export interface MatchedPoints {
  readonly kind: 'matched';
  readonly analysis: PointsAnalysis;
  readonly matching: Matching;
  readonly senses: Senses;
  readonly parts: readonly Part[];
  /** The packets behind those findings of the analysis that tell of a loss. */
  readonly losses: ReadonlyMap<Finding, LostBetween>;
}

/** More points than can be told apart: nothing was matched. */
export interface TooManyPoints {
  readonly kind: 'too-many';
  readonly points: number;
}

/**
 * @param sightings Of all parts, to the end: nothing more can be seen afterwards.
 * @param parts In the order in which they were added as points of the sightings.
 * @returns `undefined`: it is all one point, or captures of many that have nothing to do with one another.
 */
export function matchPoints(sightings: Sightings, parts: readonly Part[]): MatchedPoints | TooManyPoints | undefined {
  sightings.close();
  const index = new SightingIndex(sightings);
  index.pointOfPart = pointsOfParts(index, parts);
  const pointCount = Math.max(0, ...index.pointOfPart) + 1;
  if (pointCount < 2) return undefined;
  if (pointCount > MOST_POINTS) return { kind: 'too-many', points: pointCount };

  const streams = new Streams(index);
  const matching: Matching = { index, streams, ways: waysOf(index, streams, pointCount), pointCount };
  // Many captures that have nothing to do with one another.
  if (matching.ways.pairs.length === 0 && pointCount > FEW_POINTS) return undefined;
  const senses = new Senses(matching);
  const returns = new ReturnWays(matching, senses);
  const expectations = new Expectations(matching, senses, returns);
  const hops = followAll(matching, senses, expectations);
  const byNumber = Array.from({ length: pointCount }, (_, point) => pointOf(matching, parts, point));
  const settled = settle(matching, hops, byNumber, senses);
  const lost = lossesOf(matching, hops, settled.lost, senses, expectations);

  const { order } = matching.ways;
  const place = (point: number) => order.indexOf(point);
  const points = order.flatMap((point) => byNumber[point] ?? []);
  const found: FoundBetween = {
    matching,
    parts,
    points,
    hops,
    settled,
    lost,
    returns,
    rewritings: rewritingsOf(matching),
  };
  const losses = lossFindings(found);
  const doubts = new Map<Doubt, number>();
  for (const counts of settled.doubted.values())
    for (const [doubt, count] of counts) doubts.set(doubt, (doubts.get(doubt) ?? 0) + count);
  const analysis: PointsAnalysis = {
    points,
    hops: [...hops.all.values()].map((hop) => rowOf(hop, place)).sort(byWay),
    losses: lost.map(({ from, to, records, common }) => ({
      from: place(from),
      to: place(to),
      packets: records.length,
      ofPackets: seenOn(hops.all.get(from * pointCount + to)) || records.length,
      common,
      first: frameOf(matching, parts, records[0] ?? 0),
      last: frameOf(matching, parts, records.at(-1) ?? 0),
    })),
    rewritings: found.rewritings,
    clocks: clocksOf(matching),
    doubts,
    findings: [
      ...losses.keys(),
      ...findingsOf(found),
      ...nothingArrived(matching, parts, byNumber),
      ...twoOwners(matching, parts, byNumber),
    ],
    notes: notesOf(matching, parts, points.length),
  };
  return { kind: 'matched', analysis, matching, senses, parts, losses };
}

function seenOn(hop: Hop | undefined): number {
  return hop === undefined ? 0 : hop.passed + hop.missed + hop.lost + hop.unknown;
}

function rowOf(hop: Hop, place: (point: number) => number): HopRow {
  const { passed, lost, unknown, missed, duplicated, reordered } = hop;
  const medianNs = hop.medianDelayNs();
  return {
    from: place(hop.from),
    to: place(hop.to),
    seen: seenOn(hop),
    passed,
    lost,
    unknown: unknown + missed,
    duplicated,
    reordered,
    delay: medianNs === undefined ? undefined : { leastNs: hop.leastDelayNs, medianNs, mostNs: hop.mostDelayNs },
  };
}

/** The way of the requests, then the way back. */
function byWay(a: HopRow, b: HopRow): number {
  const isBack = ({ from, to }: HopRow) => (from > to ? 1 : 0);
  return isBack(a) - isBack(b) || (isBack(a) === 1 ? b.from - a.from : a.from - b.from) || a.to - b.to;
}

function clocksOf({ ways }: Matching): readonly Clock[] {
  return ways.order.map((point, place) => {
    const pairs = ways.pairs.filter(({ a, b }) => a === point || b === point).sort((x, y) => y.packets - x.packets);
    return {
      point: place,
      aheadNs: ways.clocks[point]?.aheadNs ?? 0,
      driftPpm: ((ways.clocks[point]?.rate ?? 1) - 1) * 1e6,
      by: place === 0 ? 'one' : (pairs[0]?.clock ?? 'unknown'),
    };
  });
}

function notesOf({ index, ways }: Matching, parts: readonly Part[], points: number): readonly string[] {
  const notes: string[] = [];
  if (points < parts.length) notes.push(`${parts.length} captures are slices of ${points}: they follow one another`);
  if (index.sightings.isFull) notes.push(`Only the first ${index.sightings.total} packets were matched`);
  // Of one capture of every device, some always have traffic of their own.
  if (new Set(parts.map(({ capture }) => capture)).size === 1) return notes;
  const unmatched = ways.order.filter((point) => !ways.pairs.some(({ a, b }) => a === point || b === point));
  const names = unmatched.map((point) => parts[index.pointOfPart.indexOf(point)]?.name ?? 'a point');
  if (names.length > 0) {
    const whose = names.length === 1 ? 'its place' : 'their places';
    notes.push(`No packet of ${names.join(' or ')} was seen at another point, so ${whose} in the order cannot be told`);
  }
  return notes;
}
