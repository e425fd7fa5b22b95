import { expect, test } from 'vitest';
import { PcapRecords } from '../../src/capture/pcap-records.ts';
import { joined } from '../helpers/hex.ts';
import { record, streamHead } from '../helpers/pcap-stream.ts';

const STREAM = joined(
  streamHead(),
  record(5, Uint8Array.of(1, 2, 3)),
  record(2_000_000_007, Uint8Array.of()),
  record(2_000_000_009, Uint8Array.of(4)),
);

/** Everything that the records show, looked at as soon as it is there. */
function read(pieces: readonly Uint8Array[]) {
  const records = new PcapRecords(0);
  const seen: string[] = [];
  const look = () => {
    for (; records.hasRecord; records.next()) {
      const { bytes, start, capturedBytes, timeNs } = records;
      seen.push(`${timeNs}: ${bytes.subarray(start, start + capturedBytes)}`);
    }
  };
  for (const piece of pieces) {
    records.push(piece.slice());
    look();
  }
  return { seen, records };
}

test('PcapRecords shows every record, wherever the stream is cut', () => {
  const whole = read([STREAM]);
  expect(whole.seen).toEqual(['5: 1,2,3', '2000000007: ', '2000000009: 4']);
  expect(whole.records).toMatchObject({ count: 3, heldBytes: 0, lastNs: 2_000_000_009, problem: undefined });
  for (let cut = 0; cut <= STREAM.length; cut++) {
    expect(read([STREAM.subarray(0, cut), STREAM.subarray(cut)]).seen).toEqual(whole.seen);
  }
  expect(read([...STREAM].map((byte) => Uint8Array.of(byte))).seen).toEqual(whole.seen);
});

test('PcapRecords holds what nobody has looked at, and counts it', () => {
  const records = new PcapRecords(0);
  records.push(STREAM.slice());
  records.push(record(2_000_000_010, Uint8Array.of(5)));
  expect(records).toMatchObject({ timeNs: 5, count: 4, heldBytes: STREAM.length + 17 });
  for (let left = 3; left > 0; left--) expect(records.next()).toBe(true);
  expect(records.timeNs).toBe(2_000_000_010);
  expect(records.next()).toBe(false);
  expect(records).toMatchObject({ hasRecord: false, heldBytes: 0, timeNs: Number.POSITIVE_INFINITY });
});

test('PcapRecords shows what came late in the order of time, wherever the stream is cut', () => {
  const times = [10, 30, 20, 40, 40, 15, 5, 50, 12];
  const stream = joined(streamHead(), ...times.map((ns, at) => record(ns, new Uint8Array(at).fill(at))));
  for (let cut = 24; cut <= stream.length; cut++) {
    const records = new PcapRecords(0);
    for (const piece of [stream.subarray(0, 24), stream.subarray(24, cut), stream.subarray(cut)])
      records.push(piece.slice());
    expect(records).toMatchObject({ count: 9, lastNs: 50 });
    const seen: string[] = [];
    for (; records.hasRecord; records.next()) seen.push(`${records.timeNs}: ${records.capturedBytes}`);
    // Of one time in the order in which they came.
    expect(seen).toEqual(['5: 6', '10: 0', '12: 8', '15: 5', '20: 2', '30: 1', '40: 3', '40: 4', '50: 7']);
    expect(records.heldBytes).toBe(0);
  }
});

test('PcapRecords leaves what has been looked at where it was', () => {
  const records = new PcapRecords(0);
  records.push(
    joined(streamHead(), record(10, Uint8Array.of(1)), record(20, Uint8Array.of(2)), record(30, Uint8Array.of(3))),
  );
  records.next();
  records.push(joined(record(5, Uint8Array.of(4)), record(25, Uint8Array.of(5))));
  const seen: number[] = [];
  for (; records.hasRecord; records.next()) seen.push(records.timeNs);
  expect(seen).toEqual([5, 20, 25, 30]);
});

test.each([
  ['that begins otherwise', joined(Uint8Array.of(1), STREAM), 'it does not begin like a capture in nanoseconds'],
  [
    'with a length that no record has',
    joined(streamHead(), new Uint8Array(16).fill(255)),
    'a record claims 4294967295 bytes',
  ],
])('PcapRecords says why it does not read a stream %s, and reads nothing behind', (_, stream, problem) => {
  const { records, seen } = read([stream, STREAM]);
  expect(records.problem).toBe(problem);
  expect(seen).toEqual([]);
});
