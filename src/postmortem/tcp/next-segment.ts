/**
 * What most segments are: the next one in order of a connection in which all is quiet. Such a segment has no marks and
 * makes no trouble, so all that `takeSegment()` asks about it need not be asked, which takes three times as long.
 *
 * A connection is quiet once its handshake is over and nothing is odd about it: no keep-alive or repetition that is not
 * answered, no closed window. `takeSegment()` says so after each segment that it takes; a test holds the two to each
 * other, word by word of the record.
 *
 * @module
 */

import { type PacketFields, TCP_FLAG } from '../../wire/fields.ts';
import {
  COMMON,
  COMMON_NUMBER,
  FLOW_STATE,
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
import { beginMeasuring, endMeasuring } from './round-trip.ts';
import { fillsWindow } from './sequence.ts';

/** Of the state of a side: its numbers are known, and none of the others is set. */
const ASKED = SIDE_STATE.baseSeqSet | SIDE_STATE.keepAlive | SIDE_STATE.stuck | SIDE_STATE.windowClosed;
const ASKED_FLAGS = TCP_FLAG.syn | TCP_FLAG.rst | TCP_FLAG.ack;

/** @returns Whether it was such a segment, and the record is up to date. If not, the record is as before. */
export function takeNextSegment(
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  side: number,
  fields: PacketFields,
): boolean {
  const record = flow * RECORD_WORDS;
  if (((words[record + COMMON.state] as number) & FLOW_STATE.quiet) === 0) return false;
  if ((fields.tcpFlags & ASKED_FLAGS) !== TCP_FLAG.ack) return false;
  const mine = record + SIDE_AT + side * SIDE_WORDS;
  const theirs = record + SIDE_AT + (1 - side) * SIDE_WORDS;
  const seq = fields.tcpSeq;
  const ack = fields.tcpAck;
  const window = fields.tcpWindow;
  const bytes = fields.payloadBytes;
  const lastAck = words[mine + SIDE.lastAck] as number;
  if (seq === 0 || seq !== words[mine + SIDE.nextSeq] || window === 0) return false;
  if (((ack - (words[theirs + SIDE.maxSeqToBeAcked] as number)) | 0) > 0) return false;
  const isFin = (fields.tcpFlags & TCP_FLAG.fin) !== 0;
  const after = (seq + bytes + (isFin ? 1 : 0)) | 0;
  if (bytes > 0) {
    const end = (seq + bytes) | 0;
    if (((end - (words[theirs + SIDE.lastAck] as number)) | 0) <= 0) return false;
    if (words[theirs + SIDE.window] === 0 || fillsWindow(words, theirs, end)) return false;
    beginMeasuring(words, numbers, flow, side, after, bytes);
  } else if (!isFin && ack === lastAck) return false;
  if (after !== seq) {
    words[mine + SIDE.nextSeq] = after;
    words[mine + SIDE.segments] = (words[mine + SIDE.segments] as number) + 1;
    const myNumbers = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS;
    numbers[myNumbers + SIDE_NUMBER.nextSeqTime] = numbers[myNumbers + SIDE_NUMBER.lastTime] as number;
  }
  const state = words[mine + SIDE.state] as number;
  if (isFin) words[mine + SIDE.state] = (state & ~SIDE_STATE.firstAck) | SIDE_STATE.fin;
  else if ((state & SIDE_STATE.firstAck) !== 0) words[mine + SIDE.state] = state & ~SIDE_STATE.firstAck;
  const toBeAcked = words[mine + SIDE.maxSeqToBeAcked] as number;
  if (toBeAcked === seq || toBeAcked === 0) words[mine + SIDE.maxSeqToBeAcked] = after;
  if (ack !== lastAck) words[mine + SIDE.duplicateAcks] = 0;
  words[mine + SIDE.window] = window;
  words[mine + SIDE.lastAck] = ack;
  words[mine + SIDE.lastMarks] = 0;
  endMeasuring(words, numbers, flow, 1 - side, ack);
  return true;
}

/** Whether nothing of what was seen so far makes the next segment of either side special. */
export function isQuiet(words: Int32Array, numbers: Float64Array, flow: number): boolean {
  const record = flow * RECORD_WORDS;
  const state = words[record + COMMON.state] as number;
  if ((state & FLOW_STATE.established) === 0) return false;
  const first = flow * RECORD_NUMBERS;
  if ((state & FLOW_STATE.synSeen) !== 0 && numbers[first + COMMON_NUMBER.handshake] === 0) return false;
  return isQuietSide(words, flow, 0) && isQuietSide(words, flow, 1);
}

function isQuietSide(words: Int32Array, flow: number, side: number): boolean {
  const state = words[flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS + SIDE.state] as number;
  return (state & ASKED) === SIDE_STATE.baseSeqSet;
}
