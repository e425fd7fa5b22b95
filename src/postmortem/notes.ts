/**
 * What was not looked into because a bound was met, as sentences: who reads a report must not take it for all there is.
 *
 * @module
 */

import type { AnalysedCapture } from './capture-analysis.ts';
import { counted } from './counted.ts';
import type { FindingCode } from './finding-code.ts';
import { type MatchedPoints, MOST_POINTS, type TooManyPoints } from './points/match-points.ts';

/** Without a full stop. */
export function notesOf(
  captures: readonly AnalysedCapture[],
  matched: MatchedPoints | TooManyPoints | undefined,
): readonly string[] {
  const missed = new Map<FindingCode, number>();
  for (const capture of captures)
    for (const { code, packets } of capture.missed) missed.set(code, (missed.get(code) ?? 0) + packets);
  const [first, ...others] = [...missed].map(([code, packets]) => `${code} (${counted(packets, 'packet')})`);
  return [
    ...(first === undefined
      ? []
      : [
          `More hosts and conversations than are remembered: what came later is missing from ${[first, ...others].join(', ')}`,
        ]),
    ...(matched?.kind === 'too-many'
      ? [
          `Not matched: ${matched.points} places of capture, of which at most ${MOST_POINTS} are; name those on the way of the packets`,
        ]
      : []),
  ];
}
