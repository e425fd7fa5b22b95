import { expect, test } from 'vitest';
import { PcapRecords } from '../../src/capture/pcap-records.ts';
import { TimeOrder } from '../../src/capture/time-order.ts';
import { joined } from '../helpers/hex.ts';
import { record, streamHead } from '../helpers/pcap-stream.ts';

const MS = 1e6;

/** Two streams, and what has been told of them. */
function twoStreams() {
  const order = new TimeOrder();
  const idle = [true, true];
  const streams = [new PcapRecords(0), new PcapRecords(0)];
  for (const [stream, records] of streams.entries()) {
    order.add(records, 0, () => idle[stream] === true);
    records.push(streamHead());
  }
  const told: string[] = [];
  const onRecord = (stream: number, { timeNs }: PcapRecords) => told.push(`${'ab'[stream]}${timeNs / MS}`);
  return {
    order,
    setIdle: (stream: number, isIdle: boolean) => {
      idle[stream] = isIdle;
    },
    bring: (stream: number, nowMs: number, ...timesMs: readonly number[]) => {
      streams[stream]?.push(joined(...timesMs.map((ms) => record(ms * MS, Uint8Array.of(0)))));
      order.heard(stream, nowMs * MS);
    },
    tellAt: (nowMs: number) => {
      told.length = 0;
      // What was brought before is one thing, that nothing comes now another, and that nothing came since a third.
      for (let look = 0; look < 3; look++) order.tell(nowMs * MS, onRecord, true);
      return [...told];
    },
    finish: () => {
      told.length = 0;
      order.finish(onRecord);
      return [...told];
    },
  };
}

test('TimeOrder tells nothing before a stream that may still bring what is earlier', () => {
  const { bring, tellAt, finish, order } = twoStreams();
  bring(0, 10, 1, 4, 9);
  bring(1, 10, 2, 5, 6);
  expect(tellAt(10)).toEqual(['a1', 'b2', 'a4', 'b5']);
  expect(finish()).toEqual(['b6', 'a9']);
  expect(order.late).toBe(0);
});

test('TimeOrder has room for what a stream brings a little later than it was stamped', () => {
  const { bring, tellAt, finish, order } = twoStreams();
  bring(0, 10, 5, 5.9);
  bring(1, 10, 5.5, 9);
  expect(tellAt(10)).toEqual([]);
  bring(0, 10, 5.2, 8, 7.5);
  expect(tellAt(10)).toEqual(['a5', 'a5.2', 'b5.5', 'a5.9']);
  expect(finish()).toEqual(['a7.5', 'a8', 'b9']);
  expect(order.late).toBe(0);
});

test('TimeOrder waits for a stream that is silent but not idle, and no longer than five seconds', () => {
  const { bring, tellAt, setIdle } = twoStreams();
  setIdle(1, false);
  bring(0, 120, 1, 110);
  expect(tellAt(300)).toEqual([]);
  expect(tellAt(4_900)).toEqual([]);
  setIdle(1, true);
  expect(tellAt(4_999)).toEqual([]);
  expect(tellAt(5_000)).toEqual(['a1', 'a110']);
  bring(0, 5_100, 5_050);
  setIdle(1, false);
  expect(tellAt(5_200)).toEqual([]);
  expect(tellAt(10_100)).toEqual(['a5050']);
});

test('TimeOrder tells what comes too late all the same, and counts it', () => {
  const { bring, tellAt, order } = twoStreams();
  bring(0, 10, 10);
  expect(tellAt(200)).toEqual(['a10']);
  bring(1, 200, 5, 250);
  expect(tellAt(400)).toEqual(['b5', 'b250']);
  expect(order.late).toBe(1);
});

test('TimeOrder does not take a stream for idle that has brought something just now: there may be more of it', () => {
  const { order, bring } = twoStreams();
  let told = 0;
  const tell = (mayAsk: boolean) => {
    order.tell(300 * MS, () => told++, mayAsk);
    return told;
  };
  bring(0, 300, 10, 20, 30);
  bring(1, 300, 5, 6.5);
  expect(tell(false)).toBe(1);
  expect(tell(true)).toBe(1);
  expect(tell(false)).toBe(1);
  expect(tell(true)).toBe(1);
  expect(tell(true)).toBe(5);
});

test('TimeOrder waits no more for a stream that has ended', () => {
  const { bring, tellAt, order, setIdle } = twoStreams();
  setIdle(1, false);
  bring(0, 10, 10, 12);
  expect(tellAt(13)).toEqual([]);
  order.end(1);
  expect(tellAt(13)).toEqual(['a10']);
});
