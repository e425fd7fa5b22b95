/**
 * One segment into the record of its flow, whatever it is: its marks, what begins and ends with it, its trouble.
 *
 * @module
 */

import { type PacketFields, TCP_FLAG } from '../../wire/fields.ts';
import { COMMON, FLOW_STATE, RECORD_WORDS } from '../flows/flow-record.ts';
import { takeAck, takeBase, takeSyn } from './handshake.ts';
import { isQuiet } from './next-segment.ts';
import { SEGMENT_MARK } from './segment-mark.ts';
import { noteSegment } from './segment-trouble.ts';
import { markSegment } from './sequence.ts';
import type { TroubledPairs } from './troubled-pairs.ts';

/** @returns Its marks (SEGMENT_MARK). */
export function takeSegment(
  pairs: TroubledPairs,
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  side: number,
  fields: PacketFields,
  number: number,
): number {
  const isOther = takeBase(words, flow, side, fields);
  const marks = markSegment(words, numbers, flow, side, fields);
  const flags = fields.tcpFlags;
  if (flags & TCP_FLAG.syn) takeSyn(words, numbers, flow, side, fields);
  else if (flags & TCP_FLAG.ack) takeAck(words, numbers, flow, side, flags);
  noteSegment(pairs, words, numbers, flow, side, fields, number, marks);
  const state = flow * RECORD_WORDS + COMMON.state;
  const others = (words[state] as number) & ~FLOW_STATE.quiet;
  words[state] = isQuiet(words, numbers, flow) ? others | FLOW_STATE.quiet : others;
  return isOther ? marks | SEGMENT_MARK.reusedPorts : marks;
}
