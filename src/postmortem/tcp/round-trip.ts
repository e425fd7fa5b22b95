/**
 * How long an acknowledgement takes: one round trip at a time, from a segment with data to what acknowledges it.
 *
 * @module
 */

import {
  RECORD_NUMBERS,
  RECORD_WORDS,
  SIDE,
  SIDE_AT,
  SIDE_NUMBER,
  SIDE_NUMBER_AT,
  SIDE_NUMBERS,
  SIDE_STATE,
  SIDE_WORDS,
} from '../flows/flow-record.ts';

/** The side sent data that ends before `after`. */
export function beginMeasuring(
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  side: number,
  after: number,
  bytes: number,
): void {
  const mine = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
  const state = words[mine + SIDE.state] as number;
  if ((state & SIDE_STATE.measuring) !== 0) return;
  words[mine + SIDE.state] = state | SIDE_STATE.measuring;
  words[mine + SIDE.roundTripSeq] = after;
  words[mine + SIDE.measuredBytes] = bytes;
  const at = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS;
  numbers[at + SIDE_NUMBER.roundTripStart] = numbers[at + SIDE_NUMBER.lastTime] as number;
}

/** None across a repetition, whose acknowledgement may be of either (Karn). */
export function giveUpMeasuring(words: Int32Array, flow: number, side: number): void {
  const state = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS + SIDE.state;
  words[state] = (words[state] as number) & ~SIDE_STATE.measuring;
}

/** What the side sent was acknowledged up to `ack`, by the packet that the other side sent last. */
export function endMeasuring(words: Int32Array, numbers: Float64Array, flow: number, side: number, ack: number): void {
  const its = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
  const state = words[its + SIDE.state] as number;
  if ((state & SIDE_STATE.measuring) === 0) return;
  if (((ack - (words[its + SIDE.roundTripSeq] as number)) | 0) < 0) return;
  words[its + SIDE.state] = state & ~SIDE_STATE.measuring;
  const arrived = words[its + SIDE.measuredBytes] as number;
  if (arrived > (words[its + SIDE.largestArrived] as number)) words[its + SIDE.largestArrived] = arrived;
  words[its + SIDE.roundTrips] = (words[its + SIDE.roundTrips] as number) + 1;
  const sides = flow * RECORD_NUMBERS + SIDE_NUMBER_AT;
  const now = numbers[sides + (1 - side) * SIDE_NUMBERS + SIDE_NUMBER.lastTime] as number;
  const at = sides + side * SIDE_NUMBERS;
  numbers[at + SIDE_NUMBER.roundTripSum] =
    (numbers[at + SIDE_NUMBER.roundTripSum] as number) + (now - (numbers[at + SIDE_NUMBER.roundTripStart] as number));
}
