import { expect, test } from 'vitest';
import { PcapRecords } from '../../src/capture/pcap-records.ts';
import { TimeOrder } from '../../src/capture/time-order.ts';
import { joined } from '../helpers/hex.ts';
import { record, streamHead } from '../helpers/pcap-stream.ts';

const MS = 1e6;

/** Two streams, and what has been told of them. */
function twoStreams() {
  const order = new TimeOrder(100);
  const streams = [new PcapRecords(0), new PcapRecords(0)];
  for (const records of streams) {
    order.add(records, 0);
    records.push(streamHead());
  }
  const told: string[] = [];
  const onRecord = (stream: number, { timeNs }: PcapRecords) => told.push(`${'ab'[stream]}${timeNs / MS}`);
  return {
    order,
    bring: (stream: number, nowMs: number, ...timesMs: readonly number[]) => {
      streams[stream]?.push(joined(...timesMs.map((ms) => record(ms * MS, Uint8Array.of(0)))));
      order.heard(stream, nowMs * MS);
    },
    tellAt: (nowMs: number) => {
      told.length = 0;
      order.tell(nowMs * MS, onRecord);
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
  expect(tellAt(10)).toEqual([]);
  bring(1, 10, 2, 5);
  expect(tellAt(10)).toEqual(['a1', 'b2', 'a4', 'b5']);
  expect(finish()).toEqual(['a9']);
  expect(order.late).toBe(0);
});

test('TimeOrder waits for a silent stream no longer than its patience', () => {
  const { bring, tellAt } = twoStreams();
  bring(0, 120, 1, 110);
  expect(tellAt(90)).toEqual([]);
  expect(tellAt(120)).toEqual(['a1']);
  expect(tellAt(250)).toEqual(['a110']);
});

test('TimeOrder tells what comes too late all the same, and counts it', () => {
  const { bring, tellAt, order } = twoStreams();
  bring(0, 10, 10);
  expect(tellAt(200)).toEqual(['a10']);
  bring(1, 200, 5, 150);
  expect(tellAt(400)).toEqual(['b5', 'b150']);
  expect(order.late).toBe(1);
});

test('TimeOrder waits no more for a stream that has ended', () => {
  const { bring, tellAt, order } = twoStreams();
  bring(0, 10, 10);
  order.end(1);
  expect(tellAt(11)).toEqual(['a10']);
});
