/**
 * Losses between points, with what other findings say of the very packets that were lost there: the loss says where,
 * the others what came of it.
 *
 * @module
 */

import { withMore } from '../echoes.ts';
import type { Finding } from '../finding.ts';
import { type FindingCode, SEGMENT_LOSS_CODES, UNANSWERED_CODES } from '../finding-code.ts';
import { type Followed, followAll } from './followed.ts';
import type { LostBetween } from './losses.ts';
import type { MatchedPoints } from './match-points.ts';

/** What a loss on the way may look like to those who do not see where. */
const LOOKS_LIKE_LOSS: ReadonlySet<FindingCode> = new Set([
  'arp-unanswered',
  'nd-unanswered',
  ...UNANSWERED_CODES,
  'half-open',
  ...SEGMENT_LOSS_CODES,
]);
/** Of what a finding counts, at least so much must have been lost here. */
const LEAST_SHARE = 0.5;

/** @returns Both, each told once. */
export function withLosses(findings: readonly Finding[], matched: MatchedPoints | undefined): readonly Finding[] {
  if (matched === undefined) return findings;
  const { losses, analysis } = matched;
  const candidates = findings.filter(({ code }) => LOOKS_LIKE_LOSS.has(code));
  if (losses.size === 0 || candidates.length === 0) return [...findings, ...analysis.findings];
  const lost = [...losses].map(([finding, loss]) => ({
    finding,
    packets: loss.records.length,
    streams: lostStreams(matched, loss),
  }));
  const told = new Map<Finding, Finding[]>();
  const explained = new Set<Finding>();
  for (const candidate of candidates) {
    const followed = followAll(matched, candidate);
    const loss = lost.find(
      ({ streams, packets }) => packets >= candidate.count * LEAST_SHARE && isOf(streams, followed),
    );
    if (loss === undefined) continue;
    explained.add(candidate);
    told.set(loss.finding, [...(told.get(loss.finding) ?? []), candidate]);
  }
  return [
    ...findings.filter((finding) => !explained.has(finding)),
    ...analysis.findings.map((finding) => withMore(finding, told.get(finding) ?? [])),
  ];
}

/** Its frames, which are the first of it, are of streams that lost packets here, or whose answers did. */
function isOf(lost: ReadonlySet<number>, followed: readonly Followed[]): boolean {
  const here = followed.filter(
    ({ stream, reverse }) => lost.has(stream) || (reverse !== undefined && lost.has(reverse)),
  );
  return here.length > 0 && here.length >= followed.length * LEAST_SHARE;
}

function lostStreams({ matching: { index, streams } }: MatchedPoints, { records }: LostBetween): ReadonlySet<number> {
  return new Set(records.map((record) => streams.of(index.flow(record))));
}
