/**
 * Everything that several captures say together.
 *
 * @module
 */

import type { AnalysedCapture } from './capture-analysis.ts';
import type { Finding, Severity } from './finding.ts';
import { FINDING_CODES } from './finding-code.ts';
import { withOtherPoints } from './points/elsewhere.ts';
import type { MatchedPoints } from './points/match-points.ts';
import type { PointsAnalysis } from './points/points-analysis.ts';

export interface Analysis {
  readonly captures: readonly AnalysedCapture[];
  /** The gravest first. */
  readonly findings: readonly Finding[];
  /** `undefined`: everything was captured at one place. */
  readonly points: PointsAnalysis | undefined;
}

const GRAVITY: readonly Severity[] = ['error', 'warning', 'note'];

/** Put together what was found in each. */
export function analysisOf(captures: readonly AnalysedCapture[], matched?: MatchedPoints): Analysis {
  const points = matched?.analysis;
  const found = captures.flatMap(({ findings }) => findings);
  const findings = [...withOtherPoints(found, matched), ...(points?.findings ?? [])];
  return { captures, findings: findings.sort(byGravity), points };
}

function byGravity(a: Finding, b: Finding): number {
  const rank = ({ code, severity }: Finding) =>
    GRAVITY.indexOf(severity) * FINDING_CODES.length + FINDING_CODES.indexOf(code);
  return rank(a) - rank(b) || b.count - a.count;
}
