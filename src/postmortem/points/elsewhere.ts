/**
 * What the other capture points show of a finding of one of them: a question without an answer is followed to where it,
 * or its answer, was seen last, so that nobody is told to capture where a capture is among the files; and what two
 * captures show of the same packets is told once, as the asker's side saw it.
 *
 * @module
 */

import type { Finding } from '../finding.ts';
import type { FindingCode } from '../finding-code.ts';
import type { MatchedPoints } from './match-points.ts';
import { NOT_SEEN, passageOf } from './passages.ts';
import type { CapturePoint } from './places.ts';
import { reverseStream } from './ways.ts';

/** Their first frame is a question that had no answer. */
const UNANSWERED: ReadonlySet<FindingCode> = new Set(['echo-unanswered', 'syn-unanswered', 'dns-unanswered']);
/** Their first frame is a segment that had no effect. */
const SENT_AGAIN: ReadonlySet<FindingCode> = new Set(['retransmission', 'fast-retransmission', 'mtu-blackhole']);
/** One event, which looks the same from wherever it is seen. */
const ONE_EVENT: ReadonlySet<FindingCode> = new Set([...UNANSWERED, 'half-open', 'connection-refused']);
/** Captures of many unrelated places are not compared. */
const MOST_POINTS = 4;

/** The packets that a finding is about, as the points saw them. */
interface Followed {
  readonly finding: Finding;
  readonly stream: number;
  /** Where its frames were captured. */
  readonly point: number;
  /** Where its first frame was seen, and where anything of its stream was, as it goes. */
  readonly seen: readonly number[];
  readonly way: readonly number[];
  /** The same of the answers, as they go. */
  readonly back: readonly number[];
}

/** @returns The findings, fewer and better informed; in the same order. */
export function withOtherPoints(findings: readonly Finding[], matched: MatchedPoints | undefined): readonly Finding[] {
  const isFollowed = ({ code }: Finding) => ONE_EVENT.has(code) || SENT_AGAIN.has(code);
  if (matched === undefined || !findings.some(isFollowed)) return findings;
  const followed = findings.map((finding) => (isFollowed(finding) ? follow(matched, finding) : undefined));
  return findings.flatMap((finding, at) => {
    const own = followed[at];
    if (own === undefined) return [finding];
    if (SENT_AGAIN.has(finding.code)) return [withPlaceOfLoss(matched, own)];
    if (followed.some((other) => other !== undefined && other !== own && tellsOf(other, own))) return [];
    return [UNANSWERED.has(finding.code) ? informed(matched, own) : finding];
  });
}

function follow({ matching, senses, parts }: MatchedPoints, finding: Finding): Followed | undefined {
  const { index, streams, ways } = matching;
  const [{ capture, number }] = finding.frames;
  const record = parts
    .flatMap((part, at) => (part.capture === capture ? [index.recordOf(at, number)] : []))
    .find((found) => found !== undefined);
  const passage = record === undefined ? undefined : passageOf(matching, record);
  if (record === undefined || passage === undefined) return undefined;
  const stream = streams.of(index.flow(record));
  const reverse = reverseStream(stream, index, streams);
  const order = senses.of(stream) < 0 ? ways.order.toReversed() : ways.order;
  const among = (points: number) => order.filter((point) => (points & (1 << point)) !== 0);
  return {
    finding,
    stream,
    point: index.pointOf(record),
    seen: order.filter((point) => passage[point] !== NOT_SEEN),
    way: among(streams.points[stream] ?? 0),
    back: reverse === undefined ? [] : among(streams.points[reverse] ?? 0).toReversed(),
  };
}

/** Whether the other finding is of the same packets, from nearer to who sent them. */
function tellsOf(other: Followed, own: Followed): boolean {
  if (other.stream !== own.stream || other.point === own.point) return false;
  const isSameKind =
    other.finding.code === own.finding.code ||
    // To the server, a connection whose answers are lost is half open.
    (other.finding.code === 'syn-unanswered' && own.finding.code === 'half-open');
  return isSameKind && own.way.indexOf(other.point) < own.way.indexOf(own.point);
}

function informed(matched: MatchedPoints, followed: Followed): Finding {
  const { finding, seen, way, back } = followed;
  const name = (point: number | undefined) => nameOf(matched, point);
  const [home] = way;
  const last = way.at(-1);
  const nearest = back.at(-1);
  const reached = seen.at(-1);
  if (way.length < 2) return withAbsence(matched, followed);
  if (nearest !== undefined && home !== undefined && !back.includes(home)) {
    const before = name(way[way.indexOf(nearest) - 1] ?? home);
    return {
      ...finding,
      why: `${name(last)} saw the requests, and ${nearest === last ? '' : `${name(nearest)} `}answers to them, of which none came to ${before}: what is between ${name(nearest)} and ${before} lets only the way there pass`,
      likely: ['firewall-drop', 'no-route', 'rp-filter', 'conntrack-invalid'],
      confirm: `Between ${name(nearest)} and ${before}: ip route get to the asker, and nft list ruleset, for the answers`,
      cannotTell: `Whether the answers took another way, which does not lead by ${before}`,
      seenAt: { place: name(nearest), leg: 'reply' },
    };
  }
  if (nearest !== undefined && reached !== undefined && reached !== last) {
    return {
      ...finding,
      confirm: `Look at what is between ${name(reached)} and ${name(way[way.indexOf(reached) + 1])}: the first that had no answer was seen last at ${name(reached)}`,
      cannotTell: undefined,
      seenAt: { place: name(reached), leg: 'request' },
    };
  }
  if (nearest !== undefined) return finding;
  return {
    ...finding,
    why: `The requests were seen at ${way.map(name).join(' and ')} alike, and no answer at any of them: either something behind ${name(last)} drops them, or who they are for does not answer, or cannot`,
    likely: ['no-route', 'firewall-drop', 'rp-filter', ...finding.likely.filter((code) => code.startsWith('icmp-'))],
    confirm: `On the machine behind ${name(last)}: ip route get to the asker (is there a way back?), and nft list ruleset`,
    cannotTell: `Whether they were dropped behind ${name(last)}, or answered by a way that does not lead by it`,
    seenAt: { place: name(last), leg: 'request' },
  };
}

/** Of segments that were sent again: nobody needs to capture at both ends who has. */
function withPlaceOfLoss(matched: MatchedPoints, { finding, seen, way }: Followed): Finding {
  const { order } = matched.matching.ways;
  const name = (point: number | undefined) => nameOf(matched, point);
  const reached = seen.at(-1);
  const last = way.at(-1);
  if (way.length < 2 || reached === undefined) return finding;
  if (reached !== last) {
    const between = `${name(reached)} and ${name(way[way.indexOf(reached) + 1])}`;
    return { ...finding, confirm: `Look at what is between ${between}: they are lost there`, cannotTell: undefined };
  }
  const losses = matched.analysis.losses.filter(({ from, to }) =>
    [from, to].every((place) => way.includes(order[place] ?? -1)),
  );
  if (losses.length > 0) return { ...finding, confirm: 'See lost-between: packets of this way are lost there' };
  return {
    ...finding,
    confirm: `Capture beyond ${name(last)} too: between ${way.map(name).join(' and ')} nothing is lost`,
    cannotTell: `Whether they, or their acknowledgements, are lost before ${name(way[0])} or beyond ${name(last)}`,
  };
}

/** One point alone saw them, while others were captured at the same time. */
function withAbsence(matched: MatchedPoints, { finding, point }: Followed): Finding {
  const { points } = matched.analysis;
  const own = points[matched.matching.ways.order.indexOf(point)];
  const others = points.filter((each) => each !== own && own !== undefined && isComparable(own, each));
  if (own === undefined || others.length === 0 || points.length > MOST_POINTS) return finding;
  const names = others.map(({ name }) => name).join(' and ');
  return {
    ...finding,
    confirm: `Look at what is between ${own.name} and ${names}: nsdiag why, from who asks to who should answer`,
    cannotTell: `Whether their way leads by ${names}, captured at the same time: none of them was seen there`,
    seenAt: { place: own.name, leg: 'request' },
  };
}

/** Of two captures, not devices of one, and at the same time; one without a packet has no time. */
function isComparable(a: CapturePoint, b: CapturePoint): boolean {
  if (a.files.some((file) => b.files.includes(file))) return false;
  if (a.firstNs === undefined || a.lastNs === undefined) return false;
  if (b.firstNs === undefined || b.lastNs === undefined) return true;
  return a.firstNs <= b.lastNs && b.firstNs <= a.lastNs;
}

function nameOf({ analysis, matching }: MatchedPoints, point: number | undefined): string {
  return point === undefined ? '' : (analysis.points[matching.ways.order.indexOf(point)]?.name ?? '');
}
