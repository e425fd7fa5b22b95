/**
 * What the other capture points show of a finding of one of them: a question without an answer is followed to where it,
 * or its answer, was seen last, so that nobody is told to capture where a capture is among the files; what two captures
 * show of the same packets is told once, as the asker's side saw it; and what seems unanswered where only the requests
 * pass is no trouble when the asker's side saw the answers.
 *
 * @module
 */

import type { Finding } from '../finding.ts';
import type { FindingCode } from '../finding-code.ts';
import { type Followed, follow } from './followed.ts';
import type { MatchedPoints } from './match-points.ts';
import { detour, placed, withPlaceOfLoss, withRefuser } from './placed.ts';
import { withRealServer } from './real-server.ts';
import { withResetter } from './resetter.ts';

/** Their first frame is a question that had no answer. */
const UNANSWERED: ReadonlySet<FindingCode> = new Set([
  'echo-unanswered',
  'syn-unanswered',
  'dns-unanswered',
  'one-way',
  'arp-unanswered',
  'nd-unanswered',
]);
/** Their first frame is a segment that had no effect. */
const SENT_AGAIN: ReadonlySet<FindingCode> = new Set(['retransmission', 'fast-retransmission', 'mtu-blackhole']);
/** One event, which looks the same from wherever it is seen. */
const ONE_EVENT: ReadonlySet<FindingCode> = new Set([...UNANSWERED, ...SENT_AGAIN, 'half-open', 'connection-refused']);

/** @returns The findings, fewer and better informed; in the same order. */
export function withOtherPoints(findings: readonly Finding[], matched: MatchedPoints | undefined): readonly Finding[] {
  const isFollowed = ({ code }: Finding) => ONE_EVENT.has(code) || code === 'connection-reset';
  if (matched === undefined || !findings.some(isFollowed)) return findings;
  const followed = findings.map((finding) => (isFollowed(finding) ? follow(matched, finding) : undefined));
  return findings.flatMap((finding, at) => {
    const own = followed[at];
    if (own === undefined) return [finding];
    if (finding.code === 'connection-reset') return [withResetter(matched, own)];
    const others = followed.filter((other) => other !== undefined && other !== own);
    if (others.some((other) => other !== undefined && tellsOf(other, own))) return [];
    if (SENT_AGAIN.has(finding.code)) return [withPlaceOfLoss(matched, own)];
    if (finding.code === 'connection-refused') return [withRealServer(matched, withRefuser(matched, own))];
    if (!UNANSWERED.has(finding.code)) return [finding];
    return [isAnsweredElsewhere(own) ? detour(matched, own) : withRealServer(matched, placed(matched, own))];
  });
}

/** Whether the other finding is of the same packets, from nearer to who sent them. */
function tellsOf(other: Followed, own: Followed): boolean {
  if (other.point === own.point || own.way.indexOf(other.point) >= own.way.indexOf(own.point)) return false;
  if (other.finding.code === own.finding.code && other.stream === own.stream) return true;
  // To the server a connection whose answers are lost is half open; where only they pass, it is one-way.
  const isHalf = own.finding.code === 'half-open' || own.finding.code === 'one-way';
  return other.finding.code === 'syn-unanswered' && isHalf && [other.stream, other.reverse].includes(own.stream);
}

/** The asker's own point saw the question, and answers, and finds nothing wrong: else it would have told. */
function isAnsweredElsewhere({ finding, point, way: [home], seen, back }: Followed): boolean {
  if (home === undefined || home === point || finding.severity === 'note') return false;
  return seen.includes(home) && back.includes(home) && !back.includes(point);
}
