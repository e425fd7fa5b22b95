/**
 * Capture points for tests: what each saw and when, matched without a file in between.
 *
 * @module
 */

import { type MatchedPoints, matchPoints, type TooManyPoints } from '../../../src/postmortem/points/match-points.ts';
import type { Part } from '../../../src/postmortem/points/places.ts';
import { RowBlock, SightingRows } from '../../../src/postmortem/points/sighting-rows.ts';
import { Sightings } from '../../../src/postmortem/points/sightings.ts';
import { dissect } from '../../../src/wire/dissect.ts';
import { PacketFields } from '../../../src/wire/fields.ts';
import { LINK_TYPE } from '../../../src/wire/link-type.ts';

const BEGIN_SECONDS = 1_795_309_200;
const SEED = 4711;
/** Most tests fill some of them. */
const BLOCK_ROWS = 3;

/** A frame and when it was captured, in microseconds. */
export type Seen = readonly [microseconds: number, frame: Uint8Array];

export interface AtPoint {
  readonly name: string;
  readonly seen: readonly Seen[];
  readonly file?: string;
  readonly snapLengthBytes?: number;
  readonly dropped?: number;
  /** All its packets came in, or went out, as a capture of all devices of a machine says it. */
  readonly packetType?: number;
}

/** Match what the points saw; they are named and ordered as given. */
export function match(...points: readonly AtPoint[]): MatchedPoints {
  const matched = matchMaybe(...points);
  if (matched?.kind !== 'matched') throw new Error('all of it was taken for one point, or for too many');
  return matched;
}

export function matchMaybe(...points: readonly AtPoint[]): MatchedPoints | TooManyPoints | undefined {
  const sightings = new Sightings(SEED);
  const rows = new SightingRows(SEED, RowBlock.ofRows(BLOCK_ROWS), (block) => {
    sightings.take(block);
    block.rows = 0;
    return block;
  });
  sightings.growPoints(points.length);
  for (const [point, { seen, snapLengthBytes, packetType }] of points.entries()) {
    for (const [index, [microseconds, frame]] of seen.entries()) {
      const fields = fieldsOf(frame, microseconds, snapLengthBytes);
      if (packetType !== undefined) Object.assign(fields, { packetType, ifindex: point + 1 });
      rows.write(point, fields, index + 1);
    }
  }
  rows.flush();
  sightings.baseSeconds = rows.baseSeconds;
  return matchPoints(
    sightings,
    points.map(({ name, file, dropped }, at): Part => {
      const path = file ?? `${name}.pcap`;
      const capture = points.findIndex((each) => each.file === path);
      return {
        capture: capture === -1 ? at : capture,
        file: path,
        name,
        linkType: LINK_TYPE.ethernet,
        interfaceName: undefined,
        dropped,
      };
    }),
  );
}

/** `name: lost` of every loss, in the report's order. */
export function lossesOf({
  analysis,
}: MatchedPoints): readonly (readonly [after: string, before: string, packets: number, common: string | undefined])[] {
  const nameOf = (point: number) => analysis.points[point]?.name ?? '';
  return analysis.losses.map(({ from, to, packets, common }) => [nameOf(from), nameOf(to), packets, common]);
}

function fieldsOf(frame: Uint8Array, microseconds: number, snapLengthBytes = frame.length): PacketFields {
  const fields = new PacketFields();
  fields.bytes = frame;
  fields.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  fields.capturedBytes = Math.min(frame.length, snapLengthBytes);
  fields.originalBytes = frame.length;
  fields.seconds = BEGIN_SECONDS + Math.floor(microseconds / 1e6);
  fields.nanoseconds = (((microseconds % 1e6) + 1e6) % 1e6) * 1000;
  dissect(fields, LINK_TYPE.ethernet);
  return fields;
}
