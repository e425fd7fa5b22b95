/**
 * Which records are alike, however many they are.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { SightingIndex } from '../../../src/postmortem/points/sighting-index.ts';
import { ROW, ROW_WORDS, RowBlock } from '../../../src/postmortem/points/sighting-rows.ts';
import { Sightings } from '../../../src/postmortem/points/sightings.ts';

/** Packets of one point with these keys, one after the other. */
function indexOf(keys: readonly number[]): SightingIndex {
  const block = RowBlock.ofRows(keys.length);
  for (const [row, key] of keys.entries()) {
    block.words[row * ROW_WORDS + ROW.number] = row + 1;
    block.words[row * ROW_WORDS + ROW.key] = key;
  }
  block.rows = keys.length;
  const sightings = new Sightings(7);
  sightings.take(block);
  return new SightingIndex(sightings);
}

test.each([
  ['a few', 3, 200],
  ['more than 16 bits count', 70_000, 200],
  ['none', 0, 0],
])('SightingIndex finds the records of each likeness where of some there are %s', (_, alike, others) => {
  const keys = [...Array<number>(alike).fill(1), ...Array.from({ length: others }, (__, nth) => 2 + (nth % 100))];
  const index = indexOf(keys);
  const found = Array.from({ length: index.sightings.count }, (__, likeness) => [
    ...index.records.subarray(index.startOf(likeness), index.startOf(likeness + 1)),
  ]);

  const expected = [...new Set(keys)].map((key) => keys.flatMap((each, record) => (each === key ? [record] : [])));
  expect(found).toEqual(expected);
});

test('Sightings tell packets apart however many of them were expected', () => {
  const keys = Array.from({ length: 5000 }, (_, nth) => Math.imul(nth % 4000, 0x9e3779b1));
  const block = RowBlock.ofRows(keys.length);
  for (const [row, key] of keys.entries()) block.words[row * ROW_WORDS + ROW.key] = key;
  block.rows = keys.length;

  for (const expected of [0, 10, 1_000_000]) {
    const sightings = new Sightings(7, expected);
    sightings.take(block);
    expect(sightings.count).toBe(4000);
  }
});
