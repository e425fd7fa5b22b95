/**
 * One TCP conversation, segment by segment, as a client and a server of today would have it: handshake, requests and
 * answers, now and then a lost segment with its duplicate acknowledgments and its retransmission, and an end.
 *
 * @module
 */

import type { Random } from './random.ts';

export const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
const { fin, syn, rst, psh, ack } = FLAG;

export interface Segment {
  readonly fromClient: boolean;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly payloadBytes: number;
  /** It is sent, and dies on the way. */
  readonly isLost: boolean;
}

export const MAXIMUM_SEGMENT_BYTES = 1448;

/** In ten thousand. */
const REFUSED = 30;
const UNANSWERED = 20;
const RESET_AT_THE_END = 100;
const BULK_ANSWERS = 80;
const LOST_SEGMENTS = 40;

/** Later segments that show the receiver the hole, so that three duplicate acknowledgments ask for it. */
const SEGMENTS_BEHIND_LOST = 3;

/** All that the two send, in order. */
export function* conversation(random: Random): Generator<Segment, void> {
  let client = random.below(2 ** 32);
  let server = random.below(2 ** 32);
  const fromClient = (flags: number, payloadBytes = 0): Segment => {
    const sequence = client;
    client = (client + payloadBytes + (flags & (syn | fin) ? 1 : 0)) >>> 0;
    const acknowledgment = flags & ack ? server : 0;
    return { fromClient: true, flags, sequence, acknowledgment, payloadBytes, isLost: false };
  };
  const fromServer = (flags: number, payloadBytes = 0): Segment => {
    const sequence = server;
    server = (server + payloadBytes + (flags & (syn | fin) ? 1 : 0)) >>> 0;
    return { fromClient: false, flags, sequence, acknowledgment: client, payloadBytes, isLost: false };
  };

  const opening = fromClient(syn);
  yield opening;
  const luck = random.below(10_000);
  if (luck < REFUSED) {
    yield { ...fromServer(rst | ack), sequence: 0 };
    return;
  }
  if (luck < REFUSED + UNANSWERED) {
    yield opening;
    yield opening;
    return;
  }
  yield fromServer(syn | ack);
  yield fromClient(ack);

  for (let exchanges = 1 + random.below(6); exchanges > 0; exchanges--) {
    yield fromClient(psh | ack, 40 + random.below(160));
    yield* answer(random, fromClient, fromServer);
  }

  if (luck >= 10_000 - RESET_AT_THE_END) {
    yield fromClient(rst | ack);
    return;
  }
  yield fromClient(fin | ack);
  yield fromServer(fin | ack);
  yield fromClient(ack);
}

/** Some segments, acknowledged two at a time. */
function* answer(
  random: Random,
  fromClient: (flags: number) => Segment,
  fromServer: (flags: number, payloadBytes: number) => Segment,
): Generator<Segment, void> {
  const isBulk = random.below(10_000) < BULK_ANSWERS;
  const segments = isBulk ? 8 + random.below(24) : 1 + random.below(6);
  for (let left = segments; left > 0; left--) {
    const payloadBytes = isBulk ? MAXIMUM_SEGMENT_BYTES : 60 + random.below(350);
    const isEven = (segments - left) % 2 === 0;
    if (left > SEGMENTS_BEHIND_LOST && isEven && random.below(10_000) < LOST_SEGMENTS) {
      // Everything before has been acknowledged, so what the client repeats is its last acknowledgment.
      const duplicate = fromClient(ack);
      const lost = fromServer(ack, payloadBytes);
      yield { ...lost, isLost: true };
      for (let behind = SEGMENTS_BEHIND_LOST; behind > 0; behind--) {
        yield fromServer(ack, payloadBytes);
        yield duplicate;
      }
      left -= SEGMENTS_BEHIND_LOST;
      yield lost;
      yield fromClient(ack);
      continue;
    }
    yield fromServer(left === 1 ? psh | ack : ack, payloadBytes);
    if (!isEven || left === 1) yield fromClient(ack);
  }
}
