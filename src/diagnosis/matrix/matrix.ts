/**
 * Who reaches whom: every pair of some namespaces asked the same, and what breaks those that do not.
 *
 * @module
 */

import type { NetnsName } from '../../host/link.ts';
import type { Leg } from '../../journey/journey.ts';
import type { Question } from '../../walk/question.ts';
import type { FixCommand, Looked, Verdict } from '../diagnosis.ts';

/** One asks, another is asked. */
export interface Pair {
  readonly from: NetnsName;
  readonly to: NetnsName;
  /** `undefined`: there is nothing to ask for. */
  readonly question: Question | undefined;
}

/**
 * How it is known what breaks a pair. `diagnosed`: by a diagnosis of its own; `repaired-with`: what repairs another pair
 * was walked, and repairs this one as well; `same-end`: it dies at the same place of the same as one that was
 * diagnosed, and what may be wrong besides was not looked for.
 */
export type KnownBy = 'diagnosed' | 'repaired-with' | 'same-end';

/** What became of one pair. */
export interface Cell extends Pair {
  readonly verdict: Verdict;
  /** In the order of the path; empty when reachable. */
  readonly reasons: readonly Reason[];
  readonly knownBy: KnownBy | undefined;
  /** What the wire said; absent where it was not asked. */
  readonly wire?: { readonly sent: number; readonly received: number };
}

/** Something that keeps pairs apart, told once for all of them. */
export interface Reason {
  /** What makes it one cause. */
  readonly key: string;
  /** `undefined`: nobody can tell what becomes of the packet there, and `what` says why. */
  readonly code: string | undefined;
  readonly title: string;
  readonly netns: NetnsName;
  readonly device: string | undefined;
  readonly leg: Leg | undefined;
  /** Of the pair that was diagnosed; the others die at the same place. */
  readonly what: string;
  readonly why: string | undefined;
  readonly fix: readonly FixCommand[];
  /** Of the pair that was diagnosed. */
  readonly of: Pair;
}

/** Who was asked what, and what came of it. */
export interface Matrix {
  readonly proto: Question['proto'];
  readonly port: Question['port'];
  /** Rows and columns. */
  readonly members: readonly NetnsName[];
  readonly leftOut: readonly { readonly netns: NetnsName; readonly why: string }[];
  /** Row by row. */
  readonly cells: readonly Cell[];
  /** Those that break most pairs first. */
  readonly reasons: readonly Reason[];
  readonly looked: Looked;
  readonly notes: readonly string[];
}

/** Of all pairs together: one that does not reach is enough, then one that nobody can tell. */
export function verdictOfMatrix({ cells }: Pick<Matrix, 'cells'>): Verdict {
  if (cells.some(({ verdict }) => verdict === 'unreachable')) return 'unreachable';
  return cells.some(({ verdict }) => verdict === 'undecided') ? 'undecided' : 'reachable';
}
