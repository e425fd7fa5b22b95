/**
 * Everything that several captures say together.
 *
 * @module
 */

import { acrossCaptures } from './across-captures.ts';
import type { AnalysedCapture } from './capture-analysis.ts';
import { withEchoes } from './echoes.ts';
import type { Finding, Severity } from './finding.ts';
import { FINDING_CODES } from './finding-code.ts';
import { foldFindings } from './fold.ts';
import { notesOf } from './notes.ts';
import { withOtherPoints } from './points/elsewhere.ts';
import type { MatchedPoints, TooManyPoints } from './points/match-points.ts';
import type { PointsAnalysis } from './points/points-analysis.ts';
import { withLosses } from './points/told-by-loss.ts';

export interface Analysis {
  readonly captures: readonly AnalysedCapture[];
  /** The gravest first. */
  readonly findings: readonly Finding[];
  /** `undefined`: everything was captured at one place. */
  readonly points: PointsAnalysis | undefined;
  /** What was not looked into. */
  readonly notes: readonly string[];
}

const GRAVITY: readonly Severity[] = ['error', 'warning', 'note'];

/** Put together what was found in each: one finding a fault. */
export function analysisOf(captures: readonly AnalysedCapture[], matched?: MatchedPoints | TooManyPoints): Analysis {
  const points = matched?.kind === 'matched' ? matched : undefined;
  const found = captures.flatMap(({ findings }) => findings);
  const placed = withLosses(acrossCaptures(withOtherPoints(found, points)), points);
  const sorted = foldFindings(acrossCaptures(placed)).toSorted(byGravity);
  const findings = withEchoes(sorted).toSorted(byGravity);
  return { captures, findings, points: points?.analysis, notes: notesOf(captures, matched) };
}

function byGravity(a: Finding, b: Finding): number {
  const rank = ({ code, severity }: Finding) =>
    GRAVITY.indexOf(severity) * FINDING_CODES.length + FINDING_CODES.indexOf(code);
  return rank(a) - rank(b) || b.count - a.count;
}
