import { describe, expect, test } from 'vitest';
import { TCP_FLAG } from '../../../src/wire/fields.ts';
import { echo, echoReply, tcp, udp } from '../../helpers/packets.ts';
import { type AtPoint, lossesOf, match, type Seen } from './at-points.ts';

const [A, B, NAT] = ['10.0.1.1', '10.0.2.1', '192.0.2.1'] as const;
const AT = [0, 1, 2, 3] as const;

/** One a millisecond, at the first point and so many microseconds later at others. */
const seen = (frames: readonly Uint8Array[], afterMicroseconds = 0): readonly Seen[] =>
  frames.map((frame, at) => [at * 1000 + afterMicroseconds, frame]);
const point = (name: string, ...seenThere: readonly (readonly Seen[])[]): AtPoint => ({
  name,
  seen: seenThere.flat().sort(([a], [b]) => a - b),
});
const requests = (ttl: number, source: string = A) => AT.map((at) => echo(source, B, at, { ttl, id: at }));
const replies = (ttl: number, dest: string = A) => AT.map((at) => echoReply(B, dest, at, { ttl, id: 100 + at }));

const port = { client: 47_000, server: 80 } as const;
const sent = (flags: number, seq: number, ack: number, options = {}, bytes = 0) =>
  tcp(A, B, port.client, port.server, { flags, seq, ack, payload: new Uint8Array(bytes).fill(seq) }, options);
const answered = (flags: number, seq: number, ack: number, options = {}, bytes = 0) =>
  tcp(B, A, port.server, port.client, { flags, seq, ack, payload: new Uint8Array(bytes).fill(seq) }, options);
const { syn, ack, rst } = TCP_FLAG;

describe('matchPoints() reports answers as lost that left and never came home', () => {
  test('of a ping', () => {
    const matched = match(point('a', seen(requests(64))), point('b', seen(requests(63), 50), seen(replies(64), 80)));

    expect(lossesOf(matched)).toEqual([['b', 'a', 4, 'echo replies']]);
    expect(matched.analysis.findings).toMatchObject([
      {
        code: 'lost-between',
        severity: 'warning',
        frames: [{ capture: 1, number: 2 }, { number: 4 }, { number: 6 }],
        cannotTell: expect.stringContaining('another way'),
        about: { kind: 'icmp', source: A, destination: B },
        seenAt: { place: 'b', leg: 'reply' },
      },
    ]);
  });

  test('behind SNAT, between the last point that saw them and the one before', () => {
    const matched = match(
      point('a', seen(requests(64))),
      point('r', seen(requests(63, NAT), 40), seen(replies(63, NAT), 90)),
      point('b', seen(requests(62, NAT), 60), seen(replies(64, NAT), 80)),
    );

    expect(lossesOf(matched)).toEqual([['r', 'a', 4, 'echo replies']]);
  });

  test('of UDP', () => {
    const query = (ttl: number) => AT.map((at) => udp(A, B, 4000, 53, new Uint8Array(8).fill(at), { id: 0, ttl }));
    const answers = AT.map((at) => udp(B, A, 53, 4000, new Uint8Array(9).fill(at), { id: 0 }));
    const matched = match(point('a', seen(query(64))), point('b', seen(query(63), 50), seen(answers, 80)));

    expect(lossesOf(matched)).toEqual([['b', 'a', 4, 'UDP from port 53']]);
  });

  test('of TCP that asks again, which is no question any more: an error', () => {
    const asked = (ttl: number) => AT.slice(0, 2).map((at) => sent(syn, 100, 0, { ttl, id: at }));
    const confirmed = [0, 1].map((at) => answered(syn | ack, 500, 101, { id: 50 + at }));
    const matched = match(point('a', seen(asked(64))), point('b', seen(asked(63), 50), seen(confirmed, 80)));

    expect(lossesOf(matched)).toEqual([['b', 'a', 2, 'TCP from port 80']]);
    expect(matched.analysis.findings).toMatchObject([{ code: 'lost-between', severity: 'error' }]);
  });

  test('of TCP: a refusal', () => {
    const asked = (ttl: number) => AT.slice(0, 2).map((at) => sent(syn, 100, 0, { ttl, id: at }));
    const refused = [0, 1].map((at) => answered(rst | ack, 0, 101, { id: 50 + at }));
    const matched = match(point('a', seen(asked(64))), point('b', seen(asked(63), 50), seen(refused, 80)));

    expect(lossesOf(matched)).toEqual([['b', 'a', 2, 'TCP from port 80']]);
  });
});

describe('matchPoints() is quiet about answers that took another way', () => {
  const opened = (ttl: number) => [
    sent(syn, 100, 0, { ttl, id: 1 }),
    sent(ack, 101, 501, { ttl, id: 2 }),
    sent(ack, 101, 501, { ttl, id: 3 }, 20),
  ];
  const accepted = [answered(syn | ack, 500, 101, { id: 51 }), answered(ack, 501, 121, { id: 52 }, 30)];

  test('because what they carried was acknowledged', () => {
    const matched = match(point('a', seen(opened(64))), point('b', seen(opened(63), 50), seen(accepted, 80)));

    expect(lossesOf(matched)).toEqual([]);
    expect(matched.analysis.findings).toEqual([]);
  });

  test('because what they opened was reset by who had asked', () => {
    const scanned = (ttl: number) => [sent(syn, 100, 0, { ttl, id: 1 }), sent(rst, 101, 0, { ttl, id: 2 })];
    const [confirmed = new Uint8Array()] = accepted;
    const matched = match(point('a', seen(scanned(64))), point('b', seen(scanned(63), 50), seen([confirmed], 80)));

    expect(lossesOf(matched)).toEqual([]);
  });

  test('because those of another flow between the same two did', () => {
    const matched = match(
      point('a', seen(opened(64)), seen(requests(64), 10_000)),
      point('b', seen(opened(63), 50), seen(accepted, 80), seen(requests(63), 10_050), seen(replies(64), 10_080)),
    );

    expect(lossesOf(matched)).toEqual([]);
  });

  test('because another point saw them, which the requests did not pass', () => {
    const matched = match(
      point('a', seen(requests(64))),
      point('b', seen(requests(63), 50), seen(replies(64), 80)),
      point('other', seen(replies(63), 120)),
    );

    expect(lossesOf(matched)).toEqual([]);
  });

  test('nor is anything said of segments that nobody has to acknowledge', () => {
    const data = (ttl: number) => AT.map((at) => sent(ack, 101 + at * 10, 501, { ttl, id: at }, 10));
    const bare = AT.map((at) => answered(ack, 501, 111 + at * 10, { id: 50 + at }));
    const matched = match(point('a', seen(data(64))), point('b', seen(data(63), 50), seen(bare, 80)));

    expect(lossesOf(matched)).toEqual([]);
  });
});
