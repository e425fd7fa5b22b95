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

import { TCP_FLAG } from '../../wire/fields.ts';
import { TCP_AT } from '../../wire/tcp.ts';
import { directedHash } from '../flows/flow-hash.ts';
import {
  COMMON,
  COMMON_NUMBER,
  countPacket,
  FLOW_STATE,
  KEY,
  NO_VLANS,
  PLAIN_SEGMENT,
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
import { FLOW_PART, type SegmentRecords } from '../flows/flow-table.ts';
import { isRecent, recentPlace, recentTag } from '../flows/recent-flows.ts';
import { endMeasuring } from './round-trip.ts';
import { fillsWindow } from './sequence.ts';

/** Of the state of a side: its numbers are known, and none of the others is set. */
const ASKED = SIDE_STATE.baseSeqSet | SIDE_STATE.keepAlive | SIDE_STATE.stuck | SIDE_STATE.windowClosed;
const ASKED_FLAGS = TCP_FLAG.syn | TCP_FLAG.rst | TCP_FLAG.ack;

/** Before the TCP header, in a plain segment. */
const SOURCE_BEFORE = 8;
const DEST_BEFORE = 4;

/**
 * In one piece, though it looks a flow up, asks and counts: V8 inlines only so much, and as three functions a capture took a
 * twentieth longer. The masks tell it that no place in a record is too large a number.
 *
 * @param at Where its TCP header is; all of the fixed part was captured.
 * @param bytes Of data.
 * @param originalBytes Of the frame.
 * @param point Of a plain segment (wire/plain-segment.ts): where to look it up.
 * @param known The flow * 2, and which side sent it; -1: it is to be looked up among those that were seen lately.
 * @returns Whether it was such a segment, which is counted now. If not, its record is as before.
 */
export function takeNextSegment(
  { words, numbers, recent, seen, clock }: SegmentRecords,
  view: DataView,
  at: number,
  bytes: number,
  originalBytes: number,
  point: number,
  known: number,
): boolean {
  const flags = view.getUint8(at + TCP_AT.flags);
  if ((flags & ASKED_FLAGS) !== TCP_FLAG.ack) return false;
  let sighting = known;
  if (sighting === -1) {
    // As FlowTable's #recall().
    const source = view.getInt32(at - SOURCE_BEFORE);
    const dest = view.getInt32(at - DEST_BEFORE);
    const ports = view.getInt32(at);
    const hash = directedHash(source, dest, ports);
    sighting = ((recent[recentPlace(hash)] as number) ^ recentTag(hash)) - 1;
    if (!isRecent(sighting)) return false;
    const sender = sighting & 1;
    const key = ((sighting >> 1) & FLOW_PART) * RECORD_WORDS;
    const turn = sender * 16;
    if (
      words[key + KEY.ports] !== ((ports << turn) | (ports >>> (-turn & 31))) ||
      words[key + 3 + sender * 4] !== source ||
      words[key + 7 - sender * 4] !== dest ||
      words[key + KEY.what] !== PLAIN_SEGMENT ||
      words[key + KEY.vlans] !== NO_VLANS ||
      words[key + KEY.tunnelId] !== 0 ||
      words[key + KEY.point] !== point
    )
      return false;
  }
  const flow = (sighting >> 1) & FLOW_PART;
  const side = sighting & 1;
  const record = flow * RECORD_WORDS;
  if (((words[record + COMMON.state] as number) & (FLOW_STATE.quiet | FLOW_STATE.replaced)) !== FLOW_STATE.quiet)
    return false;

  const mine = record + SIDE_AT + side * SIDE_WORDS;
  const theirs = record + SIDE_AT + SIDE_WORDS - side * SIDE_WORDS;
  const seq = view.getInt32(at + TCP_AT.sequence);
  const ack = view.getInt32(at + TCP_AT.acknowledgment);
  const window = view.getUint16(at + TCP_AT.window);
  if (seq === 0 || seq !== words[mine + SIDE.nextSeq] || window === 0) return false;
  if (((ack - (words[theirs + SIDE.maxSeqToBeAcked] as number)) | 0) > 0) return false;
  const lastAck = words[mine + SIDE.lastAck] as number;
  const fin = flags & TCP_FLAG.fin;
  const after = (seq + bytes + fin) | 0;
  const theirState = words[theirs + SIDE.state] as number;
  let state = words[mine + SIDE.state] as number;
  const now = clock[0] as number;
  const myNumbers = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS;
  if (bytes > 0) {
    const end = (seq + bytes) | 0;
    if (((end - (words[theirs + SIDE.lastAck] as number)) | 0) <= 0) return false;
    if (words[theirs + SIDE.window] === 0 || fillsWindow(words, theirs, end)) return false;
    if ((state & SIDE_STATE.measuring) === 0) {
      state |= SIDE_STATE.measuring;
      words[mine + SIDE.roundTripSeq] = after;
      words[mine + SIDE.measuredBytes] = bytes;
      numbers[myNumbers + SIDE_NUMBER.roundTripStart] = now;
    }
  } else if (fin === 0 && ack === lastAck) return false;

  if (after !== seq) {
    words[mine + SIDE.nextSeq] = after;
    words[mine + SIDE.segments] = (words[mine + SIDE.segments] as number) + 1;
    numbers[myNumbers + SIDE_NUMBER.nextSeqTime] = now;
  }
  state &= ~SIDE_STATE.firstAck;
  if (fin !== 0) state |= SIDE_STATE.fin;
  words[mine + SIDE.state] = state;
  const toBeAcked = words[mine + SIDE.maxSeqToBeAcked] as number;
  if (toBeAcked === seq || toBeAcked === 0) words[mine + SIDE.maxSeqToBeAcked] = after;
  if (ack !== lastAck) words[mine + SIDE.duplicateAcks] = 0;
  words[mine + SIDE.window] = window;
  words[mine + SIDE.lastAck] = ack;
  words[mine + SIDE.lastMarks] = 0;
  numbers[myNumbers + SIDE_NUMBER.lastTime] = now;
  if ((theirState & SIDE_STATE.measuring) !== 0) endMeasuring(words, numbers, flow, 1 - side, ack);
  countPacket(words, numbers, mine, myNumbers, originalBytes, bytes);
  seen[flow] = 1;
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
