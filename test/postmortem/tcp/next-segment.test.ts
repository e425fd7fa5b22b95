/**
 * The short way of a segment is the long way: whatever it takes, it leaves the record of the flow as the long way does,
 * word by word.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { directedHash } from '../../../src/postmortem/flows/flow-hash.ts';
import {
  COMMON,
  countPacket,
  FLOW_STATE,
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
import { recentPlace, recentTag } from '../../../src/postmortem/flows/recent-flows.ts';
import { isAnotherConnection } from '../../../src/postmortem/tcp/handshake.ts';
import { takeNextSegment } from '../../../src/postmortem/tcp/next-segment.ts';
import { takeSegment } from '../../../src/postmortem/tcp/segment.ts';
import { TroubledPairs } from '../../../src/postmortem/tcp/troubled-pairs.ts';
import { NETWORK, PacketFields, TCP_FLAG } from '../../../src/wire/fields.ts';
import { IP_PROTOCOL } from '../../../src/wire/ip-protocol.ts';
import { PLAIN_AT } from '../../../src/wire/plain-segment.ts';
import { TCP_AT } from '../../../src/wire/tcp.ts';
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
  const { words, numbers, recent, seen } = table;
  const pairs = new TroubledPairs(1, words);
  eachPacket(capture, (fields, number) => {
    let flow = table.find(fields, fields.sourcePort, fields.destPort, 0);
    const { side, isNew } = table.found;
    if (!isNew && isAnotherConnection(words, flow, side, fields))
      flow = table.replace(flow, fields, fields.sourcePort, fields.destPort, 0);
    const now = fields.seconds * 1e9 + fields.nanoseconds;
    const { view, transportAt, payloadBytes, originalBytes } = fields;

    const before = words.slice();
    const ways = [-1, flow * 2 + side].map((known) => {
      const short = words.slice();
      const records = {
        words: short,
        numbers: new Float64Array(short.buffer),
        recent,
        seen,
        clock: Float64Array.of(now),
      };
      return {
        short,
        isTaken: takeNextSegment(records, view, transportAt, payloadBytes, originalBytes, 0, known),
      };
    });
    const myNumbers = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS;
    numbers[myNumbers + SIDE_NUMBER.lastTime] = now;
    const marks = takeSegment(pairs, words, numbers, flow, side, fields, number);
    const mine = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
    countPacket(words, numbers, mine, myNumbers, originalBytes, payloadBytes);

    tally.segments++;
    for (const { short, isTaken } of ways) {
      expect(isTaken).toBe(ways[0]?.isTaken);
      expect(differing(short, isTaken ? words : before)).toEqual([]);
    }
    if (ways[0]?.isTaken !== true) return;
    tally.short++;
    if (fields.tcpFlags & TCP_FLAG.fin) tally.fins++;
    expect(marks).toBe(0);
  });
}

interface Ends {
  readonly source: number;
  readonly dest: number;
  readonly sourcePort: number;
  readonly destPort: number;
}

const ENDS: Ends = { source: 0x0a00_0001, dest: 0x0a00_0002, sourcePort: 40_000, destPort: 80 };
/** Others that are looked for where these are, by `directedHash()`: its factors, and a bit that neither place nor tag has. */
const FACTOR = { source: 0x9e37_79b1, dest: 0x85eb_ca6b };
const UNSEEN = -(1 << 13);
const OTHERS = {
  source: { ...ENDS, source: ENDS.source + Math.imul(UNSEEN, inverse(FACTOR.source)) },
  dest: { ...ENDS, dest: ENDS.dest + Math.imul(UNSEEN, inverse(FACTOR.dest)) },
  both: { ...ENDS, source: ENDS.source + Math.imul(FACTOR.dest, inverse(FACTOR.source)), dest: ENDS.dest - 1 },
};

test.each<[string, { ends?: Ends; point?: number; isTaken: boolean }]>([
  ['the connection itself', { isTaken: true }],
  ['its other direction', { ends: turned(ENDS), isTaken: false }],
  ['another place', { point: 1, isTaken: false }],
  ['another source', { ends: OTHERS.source, isTaken: false }],
  ['another destination', { ends: OTHERS.dest, isTaken: false }],
  ['two others', { ends: OTHERS.both, isTaken: false }],
])('takeNextSegment() looks up %s', (_, { ends = ENDS, point = 0, isTaken }) => {
  const table = quietConnection();
  expect(takeNextSegment(table, frame(ends), PLAIN_AT.tcp, 10, 64, point, -1)).toBe(isTaken);
});

test.each(Object.entries(OTHERS))('another %s is looked for at the same place', (_, { source, dest }) => {
  const ports = (ENDS.sourcePort << 16) | ENDS.destPort;
  const [other, hash] = [directedHash(source, dest, ports), directedHash(ENDS.source, ENDS.dest, ports)];

  expect([recentPlace(other), recentTag(other)]).toEqual([recentPlace(hash), recentTag(hash)]);
});

test('takeNextSegment() does not look up a connection in whose place another one is', () => {
  const table = quietConnection();
  const flow = table.find(fieldsOf(ENDS), ENDS.sourcePort, ENDS.destPort, 0);
  table.replace(flow, fieldsOf(ENDS), ENDS.sourcePort, ENDS.destPort, 0);

  expect(takeNextSegment(table, frame(ENDS), PLAIN_AT.tcp, 10, 64, 0, -1)).toBe(false);
});

/** In which the segment of `frame()` is the next one. */
function quietConnection(): FlowTable {
  const table = new FlowTable(1, () => undefined, 8);
  const flow = table.find(fieldsOf(ENDS), ENDS.sourcePort, ENDS.destPort, 0);
  const { side } = table.found;
  const sideAt = (of: number) => flow * RECORD_WORDS + SIDE_AT + of * SIDE_WORDS;
  table.words[flow * RECORD_WORDS + COMMON.state] = FLOW_STATE.established | FLOW_STATE.quiet;
  table.words[sideAt(side) + SIDE.nextSeq] = 100;
  table.words[sideAt(1 - side) + SIDE.lastAck] = 100;
  table.words[sideAt(1 - side) + SIDE.maxSeqToBeAcked] = 200;
  table.words[sideAt(1 - side) + SIDE.window] = 1000;
  return table;
}

function frame({ source, dest, sourcePort, destPort }: Ends): DataView {
  const view = new DataView(new ArrayBuffer(64));
  view.setInt32(PLAIN_AT.source, source);
  view.setInt32(PLAIN_AT.dest, dest);
  view.setUint16(PLAIN_AT.tcp, sourcePort);
  view.setUint16(PLAIN_AT.tcp + TCP_AT.destPort, destPort);
  view.setInt32(PLAIN_AT.tcp + TCP_AT.sequence, 100);
  view.setInt32(PLAIN_AT.tcp + TCP_AT.acknowledgment, 200);
  view.setUint8(PLAIN_AT.flags, TCP_FLAG.ack | TCP_FLAG.psh);
  view.setUint16(PLAIN_AT.tcp + TCP_AT.window, 1000);
  return view;
}

function fieldsOf({ source, dest }: Ends): PacketFields {
  const numbers = { network: NETWORK.ipv4, protocol: IP_PROTOCOL.tcp, source3: source | 0, dest3: dest | 0 };
  return Object.assign(new PacketFields(), numbers);
}

function turned({ source, dest, sourcePort, destPort }: Ends): Ends {
  return { source: dest, dest: source, sourcePort: destPort, destPort: sourcePort };
}

/** Of an odd number, by which it makes 1 in 32 bits. */
function inverse(odd: number): number {
  let found = odd;
  for (let bits = 3; bits < 32; bits *= 2) found = Math.imul(found, 2 - Math.imul(odd, found));
  return found;
}

/** Which words are not the same. */
function differing(some: Int32Array, others: Int32Array): readonly number[] {
  return Array.from(some.keys()).filter((at) => some[at] !== others[at]);
}
