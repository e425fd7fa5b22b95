/**
 * The packets that a finding of one capture is about, found again at the other points.
 *
 * @module
 */

import { TUNNEL } from '../../wire/fields.ts';
import type { Finding } from '../finding.ts';
import type { Frame } from '../frame.ts';
import type { MatchedPoints } from './match-points.ts';
import { type Matching, NOT_SEEN, passageOf } from './passages.ts';
import type { Part } from './places.ts';
import { LOOK } from './sighting-rows.ts';
import { reverseStream } from './ways.ts';

export interface Followed {
  readonly finding: Finding;
  readonly stream: number;
  /** The stream of the answers. */
  readonly reverse: number | undefined;
  /** Of that frame. */
  readonly record: number;
  /** Where its frames were captured. */
  readonly point: number;
  /** Where that frame was seen, and where anything of its stream was, as it goes. */
  readonly seen: readonly number[];
  readonly way: readonly number[];
  /** Its flow where it was seen first and last: others, where it was translated on the way. */
  readonly flowAsked: number;
  readonly flowArrived: number;
  /** Whether a capture of all devices of a machine saw that frame last, coming in and not going out. */
  readonly isSwallowed: boolean;
  /** Whether it was within VXLAN where it was seen last. */
  readonly isInVxlan: boolean;
  /** Where answers were seen, as they go: those that the requests did not pass stand before the asker's own point. */
  readonly back: readonly number[];
}

/** Its first frame. @returns `undefined`: it was not matched. */
export function follow(matched: MatchedPoints, finding: Finding): Followed | undefined {
  return followFrame(matched, finding, finding.frames[0]);
}

/** All its frames that were matched. */
export function followAll(matched: MatchedPoints, finding: Finding): readonly Followed[] {
  return finding.frames.flatMap((frame) => followFrame(matched, finding, frame) ?? []);
}

function followFrame(
  { matching, senses, parts }: MatchedPoints,
  finding: Finding,
  { capture, number }: Frame,
): Followed | undefined {
  const { index, streams, ways } = matching;
  const record = parts
    .flatMap((part, at) => (part.capture === capture ? [index.recordOf(at, number)] : []))
    .find((found) => found !== undefined);
  const passage = record === undefined ? undefined : passageOf(matching, record);
  if (record === undefined || passage === undefined) return undefined;
  const stream = streams.of(index.flow(record));
  const reverse = reverseStream(stream, index, streams);
  const order = senses.of(stream) < 0 ? ways.order.toReversed() : ways.order;
  const among = (points: number) => order.filter((point) => (points & (1 << point)) !== 0);
  const way = among(streams.points[stream] ?? 0);
  const answering = reverse === undefined ? [] : among(streams.points[reverse] ?? 0);
  // By a way of their own they may pass the points in the same order as the questions.
  const isAlong = reverse !== undefined && senses.of(stream) !== 0 && senses.of(reverse) === senses.of(stream);
  const back = isAlong ? answering : answering.toReversed();
  const [home] = way;
  const seen = order.filter((point) => passage[point] !== NOT_SEEN);
  const sights = seen.map((point) => passage[point] ?? record);
  return {
    finding,
    record,
    stream,
    reverse,
    point: index.pointOf(record),
    seen,
    flowAsked: index.flow(sights[0] ?? record),
    flowArrived: index.flow(sights.at(-1) ?? record),
    isSwallowed: isSwallowed(matching, parts, sights),
    isInVxlan: isInVxlan(matching, sights),
    way,
    back: [
      ...back.filter((point) => way.includes(point) && point !== home),
      ...back.filter((point) => !way.includes(point)),
      ...back.filter((point) => point === home),
    ],
  };
}

/** @param sights In the order of the points. */
function isSwallowed({ index }: Matching, parts: readonly Part[], sights: readonly number[]): boolean {
  const last = sights.at(-1);
  if (last === undefined || (index.look(last) & LOOK.cameIn) === 0) return false;
  // Its devices are the points of one file.
  const fileOf = (sight: number) => parts[index.partOf(sight)]?.capture;
  return !sights.some((sight) => fileOf(sight) === fileOf(last) && (index.look(sight) & LOOK.wentOut) !== 0);
}

function isInVxlan({ index }: Matching, sights: readonly number[]): boolean {
  const last = sights.at(-1);
  return last !== undefined && (index.look(last) & LOOK.tunnelMask) === TUNNEL.vxlan;
}
