/**
 * All that is known of what happened between the points, and how findings name it.
 *
 * @module
 */

import type { Frame } from '../frame.ts';
import { SHOWN_FRAMES } from '../frame-words.ts';
import type { Hop, Hops } from './hops.ts';
import { frameOf, type LostBetween } from './losses.ts';
import type { Matching } from './passages.ts';
import type { CapturePoint, Part } from './places.ts';
import type { RewritingList } from './points-analysis.ts';
import type { ReturnWays } from './return-ways.ts';
import type { Settled } from './settle.ts';

export interface FoundBetween {
  readonly matching: Matching;
  readonly parts: readonly Part[];
  /** In path order. */
  readonly points: readonly CapturePoint[];
  readonly hops: Hops;
  readonly settled: Settled;
  readonly lost: readonly LostBetween[];
  readonly returns: ReturnWays;
  readonly rewritings: RewritingList;
}

export function framesOf({ matching, parts }: FoundBetween, records: readonly number[]): [Frame, ...Frame[]] {
  const [first = 0, ...others] = records;
  const shown = others.slice(0, SHOWN_FRAMES - 1);
  return [frameOf(matching, parts, first), ...shown.map((record) => frameOf(matching, parts, record))];
}

export function hopOf({ hops, matching }: FoundBetween, from: number, to: number): Hop | undefined {
  return hops.all.get(from * matching.pointCount + to);
}

export function nameOf({ matching, points }: FoundBetween, point: number): string {
  return points[matching.ways.order.indexOf(point)]?.name ?? '';
}
