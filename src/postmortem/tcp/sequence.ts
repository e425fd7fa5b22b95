/**
 * What a TCP segment is, beside those of its connection that were captured before it: sent again, out of order, after a
 * hole, a duplicate acknowledgement, a closed window ... by the rules that Wireshark has, so that its flags and ours
 * agree (a differential test holds them to each other).
 *
 * It knows what was captured, not what arrived: near the receiver a lost segment and its repetition are one hole and
 * one segment out of order, near the sender they are two equal segments.
 *
 * Source: Wireshark 4, epan/dissectors/packet-tcp.c, tcp_analyze_sequence_number(); RFC 9293 section 3.4 for the
 * arithmetic of sequence numbers.
 *
 * @module
 */

import { type PacketFields, TCP_FLAG } from '../../wire/fields.ts';
import {
  COMMON_NUMBER,
  RECORD_NUMBERS,
  RECORD_WORDS,
  SIDE,
  SIDE_AT,
  SIDE_NUMBER,
  SIDE_NUMBER_AT,
  SIDE_NUMBERS,
  SIDE_STATE,
  SIDE_WORDS,
  WINDOW_SCALE,
} from '../flows/flow-record.ts';
import { beginMeasuring, endMeasuring, giveUpMeasuring } from './round-trip.ts';
import { SEGMENT_MARK } from './segment-mark.ts';

/** Later after the duplicate acknowledgements it is the timer that sent the segment, not they. */
const FAST_RETRANSMISSION_NS = 20e6;
/** What is out of order comes within a round trip, and within this where the round trip is not known. */
const UNKNOWN_ROUND_TRIP_NS = 3e6;
const NO_ACK_EXPECTED = TCP_FLAG.syn | TCP_FLAG.fin | TCP_FLAG.rst;

/**
 * The marks of a segment; its side's part of the record is brought up to date.
 *
 * @param flow Index of the record.
 * @param side Which sent it: 0 or 1.
 */
export function markSegment(
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  side: number,
  fields: PacketFields,
): number {
  const mine = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
  const theirs = flow * RECORD_WORDS + SIDE_AT + (1 - side) * SIDE_WORDS;
  const myNumbers = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS;
  const seq = fields.tcpSeq | 0;
  const ack = fields.tcpAck | 0;
  const flags = fields.tcpFlags;
  const window = fields.tcpWindow;
  const bytes = fields.payloadBytes;
  const isPlain = (flags & NO_ACK_EXPECTED) === 0;

  // 0 is "not known" as in Wireshark: one connection in four thousand million begins at it.
  let nextSeq = words[mine + SIDE.nextSeq] as number;
  const lastAck = words[mine + SIDE.lastAck] as number;
  const isProbe = bytes === 1 && seq === nextSeq && words[theirs + SIDE.window] === 0;
  let marks = isProbe ? SEGMENT_MARK.zeroWindowProbe : 0;

  if (!isProbe) {
    if (window === 0 && isPlain) marks |= SEGMENT_MARK.zeroWindow;
    if (nextSeq !== 0 && ((seq - nextSeq) | 0) > 0 && (flags & TCP_FLAG.rst) === 0) marks |= SEGMENT_MARK.lostSegment;
    if (bytes <= 1 && seq === ((nextSeq - 1) | 0) && isPlain) marks |= SEGMENT_MARK.keepAlive;
    if (bytes > 0 && isPlain && fillsWindow(words, theirs, (seq + bytes) | 0)) marks |= SEGMENT_MARK.windowFull;
    // An acknowledgement that says nothing new.
    if (bytes === 0 && isPlain && seq === nextSeq && ack === lastAck) {
      const isSameWindow = window === words[mine + SIDE.window];
      const theirMarks = words[theirs + SIDE.lastMarks] as number;
      if (window === 0) {
        if (isSameWindow && theirMarks & SEGMENT_MARK.zeroWindowProbe) marks |= SEGMENT_MARK.zeroWindowProbeAck;
      } else if (!isSameWindow) marks |= SEGMENT_MARK.windowUpdate;
      else if (theirMarks & SEGMENT_MARK.keepAlive) marks |= SEGMENT_MARK.keepAliveAck;
      else {
        marks |= SEGMENT_MARK.duplicateAck;
        const before = words[mine + SIDE.duplicateAcks] as number;
        words[mine + SIDE.duplicateAcks] = before === -1 ? 1 : before + 1;
      }
    }
  }

  if (ack !== lastAck) words[mine + SIDE.duplicateAcks] = 0;

  const toBeAcked = words[theirs + SIDE.maxSeqToBeAcked] as number;
  if (toBeAcked !== 0 && ((ack - toBeAcked) | 0) > 0 && (flags & TCP_FLAG.ack) !== 0) {
    const theirNextSeq = words[theirs + SIDE.nextSeq] as number;
    if (((toBeAcked - theirNextSeq) | 0) < 0) {
      words[theirs + SIDE.maxSeqToBeAcked] = theirNextSeq;
      marks |= SEGMENT_MARK.ackLostSegment;
    } else {
      // Told once, until the other side has sent an acknowledgement.
      if (words[theirs + SIDE.duplicateAcks] === 0) marks |= SEGMENT_MARK.ackLostSegment;
      words[theirs + SIDE.duplicateAcks] = -1;
    }
  }

  const takesSequence = (flags & (TCP_FLAG.syn | TCP_FLAG.fin)) !== 0;
  let after = (seq + bytes) | 0;
  if (bytes > 0 || takesSequence) {
    if ((marks & SEGMENT_MARK.keepAlive) === 0) {
      marks |= repetition(words, numbers, flow, side, seq, bytes, takesSequence);
    }
    if (takesSequence) after = (after + 1) | 0;
  }

  if (!isProbe && (nextSeq === 0 || ((after - nextSeq) | 0) > 0)) {
    nextSeq = after;
    words[mine + SIDE.nextSeq] = after;
    numbers[myNumbers + SIDE_NUMBER.nextSeqTime] = numbers[myNumbers + SIDE_NUMBER.lastTime] as number;
  }
  const mineToBeAcked = words[mine + SIDE.maxSeqToBeAcked] as number;
  if (!isProbe && (mineToBeAcked === 0 || mineToBeAcked === seq)) words[mine + SIDE.maxSeqToBeAcked] = nextSeq;

  words[mine + SIDE.window] = window;
  words[mine + SIDE.lastAck] = ack;
  words[mine + SIDE.lastMarks] = marks;
  if (bytes > 0) {
    if (marks === 0 || marks === SEGMENT_MARK.windowFull) beginMeasuring(words, numbers, flow, side, after, bytes);
    else giveUpMeasuring(words, flow, side);
  }
  if (flags & TCP_FLAG.ack) endMeasuring(words, numbers, flow, 1 - side, ack);
  return marks;
}

/** Whether this is where the window ends that the other side announced; unknown, so no, without its scale. */
export function fillsWindow(words: Int32Array, theirs: number, end: number): boolean {
  const scale = words[theirs + SIDE.windowScale] as number;
  if (scale === WINDOW_SCALE.unknown) return false;
  const isUnscaled = scale < 0 || ((words[theirs + SIDE.state] as number) & SIDE_STATE.firstAck) !== 0;
  const window = words[theirs + SIDE.window] as number;
  return end === (((words[theirs + SIDE.lastAck] as number) + (window << (isUnscaled ? 0 : scale))) | 0);
}

/** Why a segment does not continue where the last one ended, if it does not. */
function repetition(
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  side: number,
  seq: number,
  bytes: number,
  takesSequence: boolean,
): number {
  const mine = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
  const theirs = flow * RECORD_WORDS + SIDE_AT + (1 - side) * SIDE_WORDS;
  const nextSeq = words[mine + SIDE.nextSeq] as number;
  // More than one byte from the one before: the last was a probe of the window, and this is new data.
  const isBehind = nextSeq !== 0 && ((seq - nextSeq) | 0) < 0 && !(bytes > 1 && seq === ((nextSeq - 1) | 0));
  const theirLastAck = words[theirs + SIDE.lastAck] as number;
  if (bytes > 0 && theirLastAck !== 0 && ((seq + bytes - theirLastAck) | 0) <= 0) {
    return SEGMENT_MARK.spuriousRetransmission;
  }
  if (!isBehind) return 0;

  const base = flow * RECORD_NUMBERS + SIDE_NUMBER_AT;
  const now = numbers[base + side * SIDE_NUMBERS + SIDE_NUMBER.lastTime] as number;
  const sinceAck = now - (numbers[base + (1 - side) * SIDE_NUMBERS + SIDE_NUMBER.lastTime] as number);
  // -1, after what was acknowledged unseen, counts as many: so it does in Wireshark, whose counter is unsigned.
  const isAskedFor = (words[theirs + SIDE.duplicateAcks] as number) >>> 0 >= 2 && theirLastAck === seq;
  if (isAskedFor && sinceAck >= 0 && sinceAck < FAST_RETRANSMISSION_NS) return SEGMENT_MARK.fastRetransmission;

  const sinceNext = now - (numbers[base + side * SIDE_NUMBERS + SIDE_NUMBER.nextSeqTime] as number);
  const handshake = numbers[flow * RECORD_NUMBERS + COMMON_NUMBER.handshake] as number;
  const isSoon = sinceNext >= 0 && sinceNext < (handshake === 0 ? UNKNOWN_ROUND_TRIP_NS : handshake);
  const isOtherThanLast = nextSeq !== ((seq + bytes + (takesSequence ? 1 : 0)) | 0);
  if (isSoon && isOtherThanLast) return SEGMENT_MARK.outOfOrder;
  return SEGMENT_MARK.retransmission;
}
