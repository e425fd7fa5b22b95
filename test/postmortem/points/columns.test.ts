/**
 * What is kept of millions of packets reads as it was written, in whatever chunk it lies.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { PointRecords } from '../../../src/postmortem/points/point-records.ts';
import { TimeColumn } from '../../../src/postmortem/points/time-column.ts';
import { WordTable } from '../../../src/postmortem/points/word-table.ts';

/** More than two chunks. */
const MANY = 10_000;

/** Every time that was written, read back when all were. */
function kept(times: readonly number[]): readonly number[] {
  const column = new TimeColumn();
  for (const [record, time] of times.entries()) column.set(record, time);
  return times.map((_, record) => column.at(record));
}

test.each([
  ['packets at a fast pace', (record: number) => record * 217 + 1],
  ['a second apart', (record: number) => record * 1_000_000_000],
  ['long before the first one', (record: number) => (record % 5000 === 4999 ? -1 : 1) * record * 1_000],
  ['years before, of a clock that was wrong', (record: number) => (record < 3 ? 0 : -1.7e18)],
  ['with parts of a nanosecond', (record: number) => record + 0.5],
  ['an hour in the middle of a fast pace', (record: number) => record * 100 + (record > 6000 ? 3.6e12 : 0)],
  ['a second after the start', () => 1_000_000_000],
  ['at the reach of four bytes', (record: number) => (record % 2) * (2 ** 32 - 1_000_000_001)],
  ['one beyond it', (record: number) => (record % 2) * (2 ** 32 - 1_000_000_000)],
])('TimeColumn keeps times of %s', (_, timeOf) => {
  const times = Array.from({ length: MANY }, (__, record) => timeOf(record));

  expect(kept(times)).toEqual(times);
});

test('WordTable has 0 where nothing was set, also between rows far apart', () => {
  const table = new WordTable(3);
  for (let row = 0; row < MANY; row += 7) table.set(row, 2, -row);
  table.set(MANY * 5, 0, 9);

  for (let row = 0; row < MANY; row++) {
    expect(table.word(row, 2)).toBe(row % 7 === 0 ? 0 - row : 0);
    expect(table.word(row, 1)).toBe(0);
  }
  expect([table.word(MANY * 5, 0), table.word(MANY * 4, 0), table.word(MANY * 9, 0)]).toEqual([9, 0, 0]);
});

test('PointRecords keeps flow and TTL apart, and the numbers of packets once one was left out', () => {
  const records = new PointRecords();
  const flows = [0, 1, 0xff_fffe, 0xff_ffff];
  const likenesses = [-1, 24_999_999, -1, -1];
  for (const [at, flow] of flows.entries())
    records.add(likenesses[at] ?? 0, flow, 255 - at, at, at < 2 ? at + 1 : at + 10);

  expect(flows.map((_, at) => records.flow(at))).toEqual([0, 1, 0xff_fffe, -1]);
  expect(flows.map((_, at) => records.ttl(at))).toEqual([255, 254, 253, 252]);
  expect(flows.map((_, at) => records.numberOf(at))).toEqual([1, 2, 12, 13]);
  expect(flows.map((_, at) => records.likeness(at))).toEqual(likenesses);
});
