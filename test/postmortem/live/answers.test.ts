import { expect, test } from 'vitest';
import { Answers } from '../../../src/postmortem/live/answers.ts';
import { dissect } from '../../../src/wire/dissect.ts';
import { PacketFields } from '../../../src/wire/fields.ts';
import { LINK_TYPE } from '../../../src/wire/link-type.ts';
import { arpReply, arpRequest, echo, echoReply, tcp } from '../../helpers/packets.ts';

const [A, B] = ['10.0.1.1', '10.0.2.1'];
const [SYN, ACK, RST] = [0x02, 0x10, 0x04];

function fieldsOf(frame: Uint8Array): PacketFields {
  const fields = new PacketFields();
  fields.bytes = frame;
  fields.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  fields.capturedBytes = frame.length;
  fields.originalBytes = frame.length;
  dissect(fields, LINK_TYPE.ethernet);
  return fields;
}

/** Notes what stays without an answer, and what has one after all. */
function noting(open: string[], late: [string, number][] = []) {
  return (asked: string) => {
    open.push(asked);
    return (afterNs: number) => void late.push([asked, afterNs]);
  };
}

/** What stays without an answer. */
function unanswered(question: Uint8Array, ...answers: readonly Uint8Array[]): readonly string[] {
  const open: string[] = [];
  const waiting = new Answers<string>({ waitMs: 1000, onUnanswered: noting(open) });
  waiting.ask(fieldsOf(question), 0, 'asked');
  for (const answer of answers) waiting.answer(fieldsOf(answer), 0);
  waiting.advance(999e6);
  expect(open).toEqual([]);
  waiting.advance(1000e6);
  return open;
}

const syn = tcp(A, B, 4000, 80, { flags: SYN, seq: 6 });
const accepted = (ack: number) => tcp(B, A, 80, 4000, { flags: SYN | ACK, ack });

test.each([
  ['an echo', echo(A, B, 3), echoReply(B, A, 3), echoReply(B, A, 4)],
  ['a SYN that is accepted', syn, accepted(7), accepted(8)],
  ['a SYN of the upper half of numbers', tcp(A, B, 4000, 80, { flags: SYN, seq: 3e9 }), accepted(3e9 + 1), accepted(7)],
  ['a SYN between the halves', tcp(A, B, 4000, 80, { flags: SYN, seq: 2 ** 31 - 1 }), accepted(2 ** 31), accepted(1)],
  ['a SYN of the last number', tcp(A, B, 4000, 80, { flags: SYN, seq: 2 ** 32 - 1 }), accepted(0), accepted(1)],
  [
    'a SYN that is refused',
    syn,
    tcp(B, A, 80, 4000, { flags: RST | ACK, ack: 7 }),
    tcp(B, A, 81, 4000, { flags: RST | ACK, ack: 7 }),
  ],
  ['an ARP request', arpRequest(A, B), arpReply(B, A), arpReply('10.0.2.2', A)],
])('Answers knows the answer to %s, and no other for it', (_, question, answer, another) => {
  expect(unanswered(question, another)).toEqual(['asked']);
  expect(unanswered(question, another, answer)).toEqual([]);
});

test.each([
  ['an answer', echoReply(A, B, 1)],
  ['gratuitous ARP', arpRequest(A, A)],
  ['a segment of a connection that stands', tcp(A, B, 1, 2, { flags: ACK })],
])('Answers waits for none to %s', (_, frame) => {
  expect(unanswered(frame)).toEqual([]);
});

test('Answers counts a question that is asked again and again from the first time', () => {
  const open: string[] = [];
  const waiting = new Answers<string>({ waitMs: 1000, onUnanswered: noting(open) });
  for (const [at, name] of ['first', 'second', 'third'].entries()) {
    waiting.ask(fieldsOf(arpRequest(A, B)), at * 400e6, name);
    waiting.advance(at * 400e6);
  }
  waiting.advance(1000e6);
  expect(open).toEqual(['first']);
});

test.each([
  ['the asker has given up', 200, ['old']],
  ['the asker may still wait', 1000, []],
])('Answers, at the end, where %s, has %j open', (_, waitMs, expected) => {
  const open: string[] = [];
  const waiting = new Answers<string>({ waitMs: 1000, onUnanswered: noting(open) });
  waiting.ask(fieldsOf(echo(A, B, 1)), 0, 'old');
  waiting.ask(fieldsOf(echo(A, B, 2)), 250e6, 'new');
  waiting.finish(400e6, waitMs);
  waiting.finish(9000e6, waitMs);
  expect(open).toEqual(expected);
});

test('Answers takes back what had been given up when the answer comes late, each time that it was asked', () => {
  const [open, late]: [string[], [string, number][]] = [[], []];
  const waiting = new Answers<string>({ waitMs: 1000, onUnanswered: noting(open, late) });
  waiting.ask(fieldsOf(syn), 0, 'first');
  waiting.ask(fieldsOf(echo(A, B, 1)), 0, 'another');
  waiting.advance(1000e6);
  waiting.ask(fieldsOf(syn), 1000e6, 'again');
  waiting.advance(2000e6);
  waiting.ask(fieldsOf(syn), 3000e6, 'at last');
  expect(open).toEqual(['first', 'another', 'again']);
  waiting.answer(fieldsOf(accepted(7)), 3500e6);
  expect(late).toEqual([
    ['first', 3500e6],
    ['again', 3500e6],
  ]);
  // Once; and what was answered is not open any more.
  waiting.answer(fieldsOf(accepted(7)), 3600e6);
  waiting.finish(9000e6, 1000);
  expect([open.length, late.length]).toEqual([3, 2]);
});

test('Answers remembers only so many that were given up, and lets the oldest go', () => {
  const [open, late]: [string[], [string, number][]] = [[], []];
  const waiting = new Answers<string>({ waitMs: 1000, onUnanswered: noting(open, late) });
  for (let number = 0; number < 10_001; number++) {
    waiting.ask(fieldsOf(echo(A, B, number)), number * 1e6, String(number));
    waiting.advance(number * 1e6);
  }
  waiting.advance(60_000e6);
  expect(open).toHaveLength(10_001);
  for (const number of [0, 1, 10_000]) waiting.answer(fieldsOf(echoReply(B, A, number)), 61_000e6);
  expect(late.map(([asked]) => asked)).toEqual(['1', '10000']);
});
