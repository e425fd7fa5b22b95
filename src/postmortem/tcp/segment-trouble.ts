/**
 * What one segment adds to the trouble of its connection: its marks, a reset, a window that is closed for long, a
 * segment that is sent again and again.
 *
 * @module
 */

import { type PacketFields, TCP_FLAG } from '../../wire/fields.ts';
import {
  COMMON,
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
import { clientSide, portOf } from '../flows/service.ts';
import type { TcpFindingCode } from './finding-code.ts';
import { SEGMENT_MARK, SENT_AGAIN } from './segment-mark.ts';
import type { TroubledPairs } from './troubled-pairs.ts';
import { TROUBLE, TROUBLE_NUMBER, type TroubledSides } from './troubled-sides.ts';

/** Marks that are trouble by themselves. */
const MARK_CODES: readonly (readonly [mark: number, code: TcpFindingCode])[] = [
  [SEGMENT_MARK.retransmission, 'retransmission'],
  [SEGMENT_MARK.fastRetransmission, 'fast-retransmission'],
  [SEGMENT_MARK.spuriousRetransmission, 'spurious-retransmission'],
  [SEGMENT_MARK.lostSegment, 'lost-segment'],
  [SEGMENT_MARK.outOfOrder, 'out-of-order'],
  [SEGMENT_MARK.duplicateAck, 'duplicate-ack'],
  [SEGMENT_MARK.zeroWindow, 'zero-window'],
  [SEGMENT_MARK.windowFull, 'window-full'],
];
const TROUBLE_MARKS = MARK_CODES.reduce((all, [mark]) => all | mark, 0);
const ENDS = TCP_FLAG.fin | TCP_FLAG.rst;
/**
 * What is out of the window is answered at most once in so long, and keep-alives and the probes of a closed window, which
 * Linux sends like keep-alives, are out of it.
 * Source: net/ipv4/tcp_input.c, tcp_oow_rate_limited(); Documentation/networking/ip-sysctl.rst, tcp_invalid_ratelimit.
 */
const ANSWERED_ONCE_IN_NS = 500e6;

/** After the segment was marked, and before it is counted. */
export function noteSegment(
  pairs: TroubledPairs,
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  side: number,
  fields: PacketFields,
  number: number,
  marks: number,
): void {
  const mine = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
  const theirs = flow * RECORD_WORDS + SIDE_AT + (1 - side) * SIDE_WORDS;
  const flags = fields.tcpFlags;
  const now = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS + SIDE_NUMBER.lastTime;
  const { sides } = pairs;
  if (fields.payloadBytes > 0 || (flags & (TCP_FLAG.syn | TCP_FLAG.fin)) !== 0) {
    words[mine + SIDE.segments] = (words[mine + SIDE.segments] as number) + 1;
  }
  const theirState = words[theirs + SIDE.state] as number;
  if ((theirState & SIDE_STATE.keepAlive) !== 0) words[theirs + SIDE.state] = theirState & ~SIDE_STATE.keepAlive;
  if ((theirState & SIDE_STATE.stuck) !== 0) {
    const stuckSeq = sides.words[sides.wordsAt(flow, 1 - side) + TROUBLE.stuckSeq] as number;
    if (((fields.tcpAck - stuckSeq) | 0) > 0) {
      words[theirs + SIDE.state] = (words[theirs + SIDE.state] as number) & ~SIDE_STATE.stuck;
    }
  }
  const isClosed = ((words[mine + SIDE.state] as number) & SIDE_STATE.windowClosed) !== 0;
  if (isClosed && fields.tcpWindow > 0) {
    const closedSince = sides.numbers[sides.numbersAt(flow, side) + TROUBLE_NUMBER.closedSince] as number;
    const client = clientSide(words, flow);
    const port = portOf(words, flow, 1 - client);
    pairs.extend('zero-window', flow, side, port, side === client, (numbers[now] as number) - closedSince);
    words[mine + SIDE.state] = (words[mine + SIDE.state] as number) & ~SIDE_STATE.windowClosed;
  }
  if ((marks & (TROUBLE_MARKS | SEGMENT_MARK.keepAlive)) === 0 && (flags & ENDS) === 0) return;

  const client = clientSide(words, flow);
  const port = portOf(words, flow, 1 - client);
  const toService = side === client;
  if (marks & TROUBLE_MARKS) {
    for (const [mark, code] of MARK_CODES) {
      // A SYN that is sent again is told of with the connection: it was answered in the end or not.
      if ((marks & mark) === 0 || (flags & TCP_FLAG.syn) !== 0) continue;
      pairs.add(code, flow, side, port, toService, number, numbers[now] as number);
    }
    if (marks & SENT_AGAIN) {
      words[mine + SIDE.sentAgain] = (words[mine + SIDE.sentAgain] as number) + 1;
      stick(sides, words, flow, side, fields, number, numbers[now] as number);
    }
    if ((marks & SEGMENT_MARK.zeroWindow) !== 0 && !isClosed) {
      sides.enter(flow, side);
      sides.numbers[sides.numbersAt(flow, side) + TROUBLE_NUMBER.closedSince] = numbers[now] as number;
      words[mine + SIDE.state] = (words[mine + SIDE.state] as number) | SIDE_STATE.windowClosed;
    }
  }
  if (marks & SEGMENT_MARK.keepAlive && !wasHeardJustNow(numbers, flow, side)) {
    const state = words[mine + SIDE.state] as number;
    if ((state & SIDE_STATE.keepAlive) !== 0)
      pairs.add('keep-alive', flow, side, port, toService, number, numbers[now] as number);
    words[mine + SIDE.state] = state | SIDE_STATE.keepAlive;
  }
  if (flags & TCP_FLAG.fin) words[mine + SIDE.state] = (words[mine + SIDE.state] as number) | SIDE_STATE.fin;
  if (flags & TCP_FLAG.rst) reset(pairs, words, numbers, flow, side, number);
}

/** The other side, so that it may keep silent now. */
function wasHeardJustNow(numbers: Float64Array, flow: number, side: number): boolean {
  const base = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + SIDE_NUMBER.lastTime;
  const theirs = numbers[base + (1 - side) * SIDE_NUMBERS] as number;
  return (numbers[base + side * SIDE_NUMBERS] as number) - theirs < ANSWERED_ONCE_IN_NS;
}

/** The same segment once more: does it get stuck? */
function stick(
  sides: TroubledSides,
  words: Int32Array,
  flow: number,
  side: number,
  fields: PacketFields,
  number: number,
  now: number,
): void {
  if (fields.payloadBytes === 0) return;
  const state = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS + SIDE.state;
  const seq = fields.tcpSeq | 0;
  sides.enter(flow, side);
  const entry = sides.words;
  const at = sides.wordsAt(flow, side);
  if (entry[at + TROUBLE.stuckSeq] === seq && ((words[state] as number) & SIDE_STATE.stuck) !== 0) {
    entry[at + TROUBLE.stuckTimes] = (entry[at + TROUBLE.stuckTimes] as number) + 1;
    entry[at + TROUBLE.stuckBytes] = Math.min(entry[at + TROUBLE.stuckBytes] as number, fields.payloadBytes);
    return;
  }
  entry[at + TROUBLE.stuckSeq] = seq;
  entry[at + TROUBLE.stuckBytes] = fields.payloadBytes;
  entry[at + TROUBLE.stuckTimes] = 1;
  entry[at + TROUBLE.stuckFrame] = number;
  sides.numbers[sides.numbersAt(flow, side) + TROUBLE_NUMBER.stuckTime] = now;
  words[state] = (words[state] as number) | SIDE_STATE.stuck;
}

/** Refused, reset, or only the end of a connection that was closed: many programs close so. */
function reset(
  pairs: TroubledPairs,
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  side: number,
  number: number,
): void {
  const now = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS + SIDE_NUMBER.lastTime;
  const record = flow * RECORD_WORDS;
  const mine = record + SIDE_AT + side * SIDE_WORDS;
  const theirs = record + SIDE_AT + (1 - side) * SIDE_WORDS;
  const myState = words[mine + SIDE.state] as number;
  words[mine + SIDE.state] = myState | SIDE_STATE.reset;
  const state = words[record + COMMON.state] as number;
  if ((state & (FLOW_STATE.refused | FLOW_STATE.resetByClient | FLOW_STATE.resetByServer)) !== 0) return;
  const client = clientSide(words, flow);
  const port = portOf(words, flow, 1 - client);
  const isEstablished = (state & FLOW_STATE.established) !== 0;
  const isSynOnly = (state & (FLOW_STATE.synSeen | FLOW_STATE.synAckSeen)) === FLOW_STATE.synSeen;
  if (!isEstablished && isSynOnly && side !== client) {
    words[record + COMMON.state] = state | FLOW_STATE.refused;
    pairs.add('connection-refused', flow, client, port, true, number, numbers[now] as number);
    return;
  }
  words[record + COMMON.state] = state | (side === client ? FLOW_STATE.resetByClient : FLOW_STATE.resetByServer);
  const isClosing = ((myState | (words[theirs + SIDE.state] as number)) & SIDE_STATE.fin) !== 0;
  // A lone RST is the answer to a packet that was not captured.
  const isKnown = (words[theirs + SIDE.packets] as number) > 0;
  if (isEstablished && !isClosing && isKnown) {
    pairs.add('connection-reset', flow, side, port, side === client, number, numbers[now] as number);
  }
}
