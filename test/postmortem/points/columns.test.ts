/**
 * What is kept of millions of packets reads as it was written, in whatever chunk it lies.
 *
 * @module
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NearColumn } from '../../../src/postmortem/points/near-column.ts';
import { PointRecords } from '../../../src/postmortem/points/point-records.ts';
import { WordTable } from '../../../src/postmortem/points/word-table.ts';

/** More than two chunks. */
const MANY = 10_000;

/** Every time that was written, read back when all were. */
function kept(times: readonly number[]): readonly number[] {
  const column = new NearColumn(0);
  for (const time of times) column.push(time);
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
])('NearColumn keeps times of %s', (_, timeOf) => {
  const times = Array.from({ length: MANY }, (__, record) => timeOf(record));

  expect(kept(times)).toEqual(times);
});

test.each([
  ['in the same order', (record: number) => record],
  ['with gaps, and some that are none', (record: number) => (record % 700 === 0 ? -1 : record + (record >> 4))],
  ['each a little before or behind', (record: number) => record ^ 3],
  ['of other packets now and then', (record: number) => (record % 91 === 90 ? 24_999_999 - record : record)],
  ['all the same', () => 7],
])('NearColumn keeps likenesses %s', (_, likenessOf) => {
  const column = new NearColumn(1);
  const likenesses = Array.from({ length: MANY }, (__, record) => likenessOf(record));
  for (const likeness of likenesses) column.push(likeness);

  expect(likenesses.map((__, record) => column.at(record))).toEqual(likenesses);
  const copy = new NearColumn(1, structuredClone(column.parts()));
  expect(likenesses.map((__, record) => copy.at(record))).toEqual(likenesses);
});

test('NearColumn keeps whatever numbers come', () => {
  const near = fc.integer({ min: 0, max: 70_000 }).map((far) => 1.7e18 + far * 1000);
  const numbers = fc.array(fc.oneof(near, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    minLength: 100,
    maxLength: 300,
  });
  fc.assert(
    fc.property(numbers, fc.constantFrom(0, 1), (values, slope) => {
      const column = new NearColumn(slope);
      for (const value of values) column.push(value);
      expect(values.map((_, record) => column.at(record) + 0)).toEqual(values.map((value) => value + 0));
    }),
  );
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
