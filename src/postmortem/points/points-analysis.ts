/**
 * What several capture points say together: the hop table, what was lost and where, who is who behind NAT.
 *
 * @module
 */

import type { Finding } from '../finding.ts';
import type { Frame } from '../frame.ts';
import type { CapturePoint } from './places.ts';
import type { Doubt } from './settle.ts';
import type { Translation } from './streams.ts';

/** Between two points, in one direction. Indexes are of `points`. */
export interface HopRow {
  readonly from: number;
  readonly to: number;
  /** Seen at `from`, and expected at `to`. */
  readonly seen: number;
  readonly passed: number;
  readonly lost: number;
  /** Nobody can say whether they were lost. */
  readonly unknown: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Of those that passed; `undefined`: none did, or the two clocks cannot be compared. */
  readonly delay: { readonly leastNs: number; readonly medianNs: number; readonly mostNs: number } | undefined;
}

export interface Loss {
  readonly from: number;
  readonly to: number;
  readonly packets: number;
  /** Of those that took the same hop. */
  readonly ofPackets: number;
  /** What the lost ones have in common, and those that arrived have not. */
  readonly common: string | undefined;
  /** At `from`. */
  readonly first: Frame;
  readonly last: Frame;
}

/** A flow that has other addresses or ports at another point. */
export interface Rewriting {
  readonly from: number;
  readonly to: number;
  /** `10.0.0.1:4711 > 10.0.0.2:80`. */
  readonly before: string;
  readonly after: string;
  readonly packets: number;
  readonly translation: Translation;
}

/** Each is made when it is asked for. */
export interface RewritingList extends Iterable<Rewriting> {
  readonly length: number;
  slice(start: number, end: number): readonly Rewriting[];
}

/** How the clock of a point is to that of the first. */
export interface Clock {
  readonly point: number;
  /** When the captures begin. */
  readonly aheadNs: number;
  /** What it gains, in microseconds a second. */
  readonly driftPpm: number;
  /** `one`: taken for the same clock; `both`: from packets of both directions; `single`: of one, the quickest of which is taken to need no time. */
  readonly by: 'one' | 'both' | 'single' | 'unknown';
}

export interface PointsAnalysis {
  /** In the order in which requests pass them. */
  readonly points: readonly CapturePoint[];
  readonly hops: readonly HopRow[];
  readonly losses: readonly Loss[];
  readonly rewritings: RewritingList;
  readonly clocks: readonly Clock[];
  readonly doubts: ReadonlyMap<Doubt, number>;
  readonly findings: readonly Finding[];
  /** What the reader must know to believe it. */
  readonly notes: readonly string[];
}
