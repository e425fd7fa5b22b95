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
