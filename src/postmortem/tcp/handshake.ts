/**
 * How a TCP connection begins and ends, into the state of its flow's record: SYN, SYN-ACK and their options before the
 * segment is marked, the round trip of the handshake, FIN and RST after.
 *
 * Source: RFC 9293 sections 3.5 and 3.6, RFC 7323 section 2 (window scale); what a new connection between the same ports
 * is told by: Wireshark 4, packet-tcp.c, dissect_tcp().
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
  WINDOW_SCALE,
} from '../flows/flow-record.ts';

const OPTION = { end: 0, noOperation: 1, maximumSegmentSize: 2, windowScale: 3 } as const;
/** RFC 7323 section 2.3: more is read as this. */
const MOST_SHIFT = 14;

/** Whether a SYN begins another connection than the one that the record holds. */
export function isAnotherConnection(words: Int32Array, flow: number, side: number, fields: PacketFields): boolean {
  if ((fields.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack)) !== TCP_FLAG.syn) return false;
  const mine = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
  const state = words[mine + SIDE.state] as number;
  return (state & SIDE_STATE.baseSeqSet) !== 0 && words[mine + SIDE.baseSeq] !== (fields.tcpSeq | 0);
}

/**
 * What a segment says of the numbers that count from the beginning; before it is marked.
 *
 * @returns Whether a SYN-ACK begins elsewhere than the side did: it is of another connection.
 */
export function takeBase(words: Int32Array, flow: number, side: number, fields: PacketFields): boolean {
  const mine = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
  const theirs = flow * RECORD_WORDS + SIDE_AT + (1 - side) * SIDE_WORDS;
  const state = words[mine + SIDE.state] as number;
  const flags = fields.tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack);
  const isOther = flags === (TCP_FLAG.syn | TCP_FLAG.ack) && words[mine + SIDE.baseSeq] !== (fields.tcpSeq | 0);
  if ((state & SIDE_STATE.baseSeqSet) === 0 || isOther) {
    words[mine + SIDE.baseSeq] = flags & TCP_FLAG.syn ? fields.tcpSeq | 0 : (fields.tcpSeq - 1) | 0;
    words[mine + SIDE.state] = state | SIDE_STATE.baseSeqSet;
  }
  const theirState = words[theirs + SIDE.state] as number;
  if ((theirState & SIDE_STATE.baseSeqSet) === 0 && flags & TCP_FLAG.ack) {
    words[theirs + SIDE.baseSeq] = (fields.tcpAck - 1) | 0;
    words[theirs + SIDE.state] = theirState | SIDE_STATE.baseSeqSet;
  }
  return isOther && (state & SIDE_STATE.baseSeqSet) !== 0;
}

/** What a SYN or a SYN-ACK says; after it was marked. */
export function takeSyn(
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  side: number,
  fields: PacketFields,
): void {
  const record = flow * RECORD_WORDS;
  const mine = record + SIDE_AT + side * SIDE_WORDS;
  const theirs = record + SIDE_AT + (1 - side) * SIDE_WORDS;
  const isAnswer = (fields.tcpFlags & TCP_FLAG.ack) !== 0;
  words[mine + SIDE.state] = (words[mine + SIDE.state] as number) | SIDE_STATE.syn | SIDE_STATE.firstAck;
  takeOptions(words, record, mine, fields);
  if (words[mine + SIDE.windowScale] === WINDOW_SCALE.unknown) {
    words[mine + SIDE.windowScale] = WINDOW_SCALE.none;
    words[theirs + SIDE.windowScale] = WINDOW_SCALE.none;
  } else if (isAnswer && words[theirs + SIDE.windowScale] === WINDOW_SCALE.none) {
    words[mine + SIDE.windowScale] = WINDOW_SCALE.none;
  }
  const state = words[record + COMMON.state] as number;
  const client = isAnswer ? 1 - side : side;
  const begun = client === 1 ? state | FLOW_STATE.begunBySide1 : state & ~FLOW_STATE.begunBySide1;
  words[record + COMMON.state] = begun | (isAnswer ? FLOW_STATE.synAckSeen : FLOW_STATE.synSeen);
  if (isAnswer) return;
  const first = flow * RECORD_NUMBERS;
  const now = first + SIDE_NUMBER_AT + side * SIDE_NUMBERS + SIDE_NUMBER.lastTime;
  numbers[first + COMMON_NUMBER.synTime] = numbers[now] as number;
}

function takeOptions(words: Int32Array, record: number, mine: number, fields: PacketFields): void {
  const { view } = fields;
  const end = Math.min(fields.payloadAt, fields.start + fields.capturedBytes);
  for (let at = fields.tcpOptionsAt; at < end; ) {
    const kind = view.getUint8(at);
    if (kind === OPTION.end) return;
    if (kind === OPTION.noOperation) {
      at++;
      continue;
    }
    const bytes = at + 1 < end ? view.getUint8(at + 1) : 0;
    if (bytes < 2 || at + bytes > end) return;
    if (kind === OPTION.windowScale && bytes === 3) {
      words[mine + SIDE.windowScale] = Math.min(view.getUint8(at + 2), MOST_SHIFT);
    } else if (kind === OPTION.maximumSegmentSize && bytes === 4) {
      const size = view.getUint16(at + 2);
      const known = words[record + COMMON.mss] as number;
      words[record + COMMON.mss] = known === 0 ? size : Math.min(known, size);
    }
    at += bytes;
  }
}

/** The first acknowledgement of either side ends the handshake, also one that refuses it; after it was marked. */
export function takeAck(words: Int32Array, numbers: Float64Array, flow: number, side: number, flags: number): void {
  const record = flow * RECORD_WORDS;
  const mine = record + SIDE_AT + side * SIDE_WORDS;
  words[mine + SIDE.state] = (words[mine + SIDE.state] as number) & ~SIDE_STATE.firstAck;
  const state = words[record + COMMON.state] as number;
  const first = flow * RECORD_NUMBERS;
  if ((state & FLOW_STATE.synSeen) !== 0 && numbers[first + COMMON_NUMBER.handshake] === 0) {
    const now = first + SIDE_NUMBER_AT + side * SIDE_NUMBERS + SIDE_NUMBER.lastTime;
    numbers[first + COMMON_NUMBER.handshake] =
      (numbers[now] as number) - (numbers[first + COMMON_NUMBER.synTime] as number);
  }
  if ((flags & TCP_FLAG.rst) === 0) words[record + COMMON.state] = state | FLOW_STATE.established;
}
