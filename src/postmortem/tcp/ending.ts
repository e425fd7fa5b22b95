/**
 * What is said of a TCP connection when it is known that no more of it comes: nobody answered it, it stands half, one
 * of its sides was never heard, or no more from some moment on, its window stayed closed, or its large segments never
 * arrived.
 *
 * @module
 */

import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import {
  COMMON,
  COMMON_NUMBER,
  FLOW_STATE,
  KEY,
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
import type { TroubledPairs } from './troubled-pairs.ts';
import { TROUBLE, TROUBLE_NUMBER, type TroubledSides } from './troubled-sides.ts';

/** What was sent later before the end of the capture may have been answered after it: the first repetition of a SYN comes after so long (RFC 6298 section 2). */
const ANSWER_NS = 1e9;
/** Fewer packets of one direction may be the rest of a connection that was closed before the capture began. */
const ONE_WAY_SEGMENTS = 3;
/** By so much options make a segment smaller than the maximum that the SYN named. */
const OPTION_BYTES = 40;
/** Without a SYN: larger than any that is sent because a tunnel is on the way. */
const FULL_SIZE_BYTES = 1200;
/** Every host takes segments of this size (RFC 9293 section 3.7.1): what is smaller is not lost for its size. */
const ANY_PATH_BYTES = 536;
/** Sent again so often without an answer, it is not by chance. */
const STUCK_TIMES = 2;

/**
 * @param now The time of the last packet.
 * @param isHeardElsewhere Whether a side that is silent here was heard at another place.
 */
export function judgeEnd(
  pairs: TroubledPairs,
  words: Int32Array,
  numbers: Float64Array,
  flow: number,
  now: number,
  isHeardElsewhere: (flow: number, side: number) => boolean,
): void {
  const record = flow * RECORD_WORDS;
  if (((words[record + KEY.what] as number) & 0xff) !== IP_PROTOCOL.tcp) return;
  const client = clientSide(words, flow);
  const server = 1 - client;
  const port = portOf(words, flow, server);
  const state = words[record + COMMON.state] as number;
  const ofClient = record + SIDE_AT + client * SIDE_WORDS;
  const ofServer = record + SIDE_AT + server * SIDE_WORDS;
  const first = flow * RECORD_NUMBERS;
  const firstFrame = words[record + COMMON.firstFrame] as number;
  const firstTime = numbers[first + COMMON_NUMBER.firstTime] as number;
  const clientSegments = words[ofClient + SIDE.segments] as number;
  const serverSegments = words[ofServer + SIDE.segments] as number;
  const isOver = (state & (FLOW_STATE.refused | FLOW_STATE.resetByClient | FLOW_STATE.resetByServer)) !== 0;

  if (
    (state & FLOW_STATE.established) === 0 &&
    (state & FLOW_STATE.synSeen) !== 0 &&
    !isOver &&
    !isHeardElsewhere(flow, server)
  ) {
    const isAnswered = (words[ofServer + SIDE.packets] as number) > 0;
    const waited = now - (isAnswered ? lastTime(numbers, flow, server) : firstTime);
    if ((state & FLOW_STATE.portUnreachable) !== 0) {
      pairs.add('connection-refused', flow, client, port, true, firstFrame, firstTime, clientSegments - 1);
    } else if (!isAnswered && (state & FLOW_STATE.icmpError) === 0 && (clientSegments > 1 || waited >= ANSWER_NS)) {
      pairs.add('syn-unanswered', flow, client, port, true, firstFrame, firstTime, clientSegments - 1);
    } else if ((state & FLOW_STATE.synAckSeen) !== 0 && (serverSegments > 1 || waited >= ANSWER_NS)) {
      pairs.add('half-open', flow, client, port, true, firstFrame, firstTime, serverSegments - 1);
    }
  }
  for (let side = 0; side < 2; side++) {
    const mine = record + SIDE_AT + side * SIDE_WORDS;
    const theirs = record + SIDE_AT + (1 - side) * SIDE_WORDS;
    const segments = words[mine + SIDE.segments] as number;
    const toService = side === client;
    const isAlone = (words[theirs + SIDE.packets] as number) === 0;
    if (
      isAlone &&
      (state & FLOW_STATE.synSeen) === 0 &&
      segments >= ONE_WAY_SEGMENTS &&
      !isHeardElsewhere(flow, 1 - side)
    ) {
      const sentAgain = words[mine + SIDE.sentAgain] as number;
      pairs.add('one-way', flow, side, port, toService, firstFrame, firstTime, sentAgain);
    }
    const { sides } = pairs;
    const numbersAt = sides.numbersAt(flow, side);
    if (!isOver && isStuck(sides, words, flow, side)) {
      const at = sides.wordsAt(flow, side);
      const time = sides.numbers[numbersAt + TROUBLE_NUMBER.stuckTime] as number;
      if (isTooLarge(sides, words, flow, side)) {
        const frame = sides.words[at + TROUBLE.stuckFrame] as number;
        const bytes = sides.words[at + TROUBLE.stuckBytes] as number;
        pairs.add('mtu-blackhole', flow, side, port, toService, frame, time, bytes);
      } else if (lastTime(numbers, flow, 1 - side) < time) {
        const silence = lastTime(numbers, flow, side) - lastTime(numbers, flow, 1 - side);
        pairs.extend('retransmission', flow, side, port, toService, silence);
      }
    }
    if (((words[mine + SIDE.state] as number) & SIDE_STATE.windowClosed) !== 0) {
      const closedSince = sides.numbers[numbersAt + TROUBLE_NUMBER.closedSince] as number;
      const until = Math.max(lastTime(numbers, flow, 0), lastTime(numbers, flow, 1));
      pairs.extend('zero-window', flow, side, port, toService, until - closedSince);
    }
    pairs.addSegments(flow, side, segments);
  }
}

function lastTime(numbers: Float64Array, flow: number, side: number): number {
  return numbers[flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS + SIDE_NUMBER.lastTime] as number;
}

/** Sent again and again, of a connection that stood, and never acknowledged. */
function isStuck(sides: TroubledSides, words: Int32Array, flow: number, side: number): boolean {
  const record = flow * RECORD_WORDS;
  const mine = record + SIDE_AT + side * SIDE_WORDS;
  if (((words[mine + SIDE.state] as number) & (SIDE_STATE.stuck | SIDE_STATE.reset)) !== SIDE_STATE.stuck) return false;
  if (((words[record + COMMON.state] as number) & FLOW_STATE.established) === 0) return false;
  return (sides.words[sides.wordsAt(flow, side) + TROUBLE.stuckTimes] as number) >= STUCK_TIMES;
}

/** What is stuck is full-size, and nothing of its size was ever acknowledged: while the smaller ones were. */
function isTooLarge(sides: TroubledSides, words: Int32Array, flow: number, side: number): boolean {
  const record = flow * RECORD_WORDS;
  const mine = record + SIDE_AT + side * SIDE_WORDS;
  const at = sides.wordsAt(flow, side);
  const bytes = sides.words[at + TROUBLE.stuckBytes] as number;
  const mss = words[record + COMMON.mss] as number;
  // By an ICMP error the sender learns of smaller links, and sends less than the SYN named.
  const isLearned = ((words[record + COMMON.state] as number) & FLOW_STATE.icmpError) !== 0;
  const fullSize = mss === 0 || isLearned ? FULL_SIZE_BYTES : mss - OPTION_BYTES;
  return bytes > ANY_PATH_BYTES && bytes >= fullSize && (words[mine + SIDE.largestArrived] as number) < bytes;
}
