/**
 * The short way of a segment is the long way: whatever it takes, it leaves the record of the flow as the long way does,
 * word by word.
 *
 * @module
 */

import { expect, test } from 'vitest';
import {
  RECORD_NUMBERS,
  RECORD_WORDS,
  SIDE,
  SIDE_AT,
  SIDE_NUMBER,
  SIDE_NUMBER_AT,
  SIDE_NUMBERS,
  SIDE_WORDS,
} from '../../../src/postmortem/flows/flow-record.ts';
import { FlowTable } from '../../../src/postmortem/flows/flow-table.ts';
import { isAnotherConnection } from '../../../src/postmortem/tcp/handshake.ts';
import { takeNextSegment } from '../../../src/postmortem/tcp/next-segment.ts';
import { takeSegment } from '../../../src/postmortem/tcp/segment.ts';
import { TroubledPairs } from '../../../src/postmortem/tcp/troubled-pairs.ts';
import { TCP_FLAG } from '../../../src/wire/fields.ts';
import { captureOf, drawer, randomConversation } from './conversation.ts';
import { eachPacket } from './marks.ts';

const CONVERSATIONS = 300;

test('takeNextSegment() leaves the record as takeSegment() does, or as it was', () => {
  const tally = { segments: 0, short: 0, fins: 0 };
  for (let seed = 0; seed < CONVERSATIONS; seed++) follow(captureOf(randomConversation(drawer(seed))), tally);

  // Random conversations are odd; even in those some connections are quiet for a while.
  expect(tally.short).toBeGreaterThan(tally.segments / 40);
  expect(tally.fins).toBeGreaterThan(CONVERSATIONS / 40);
});

function follow(capture: Uint8Array, tally: { segments: number; short: number; fins: number }): void {
  const table = new FlowTable(1, () => undefined, 2);
  const { words, numbers } = table;
  const pairs = new TroubledPairs(1, words);
  eachPacket(capture, (fields, number) => {
    let flow = table.find(fields, fields.sourcePort, fields.destPort, 0);
    const { side } = table.found;
    if (!table.found.isNew && isAnotherConnection(words, flow, side, fields))
      flow = table.replace(flow, fields, fields.sourcePort, fields.destPort, 0);
    const now = fields.seconds * 1e9 + fields.nanoseconds;
    numbers[flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS + SIDE_NUMBER.lastTime] = now;

    const shortWords = words.slice();
    const shortNumbers = new Float64Array(shortWords.buffer);
    const before = shortWords.slice();
    const isTaken = takeNextSegment(shortWords, shortNumbers, flow, side, fields);
    const marks = takeSegment(pairs, words, numbers, flow, side, fields, number);

    tally.segments++;
    if (isTaken) {
      tally.short++;
      if (fields.tcpFlags & TCP_FLAG.fin) tally.fins++;
      expect(marks).toBe(0);
      expect(differing(shortWords, words)).toEqual([]);
    } else expect(differing(shortWords, before)).toEqual([]);
    words[flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS + SIDE.packets] = number;
  });
}

/** Which words are not the same. */
function differing(some: Int32Array, others: Int32Array): readonly number[] {
  return Array.from(some.keys()).filter((at) => some[at] !== others[at]);
}
