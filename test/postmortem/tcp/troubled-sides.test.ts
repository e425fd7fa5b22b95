/**
 * What is remembered of sides in trouble, however often flows make room for others.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { RECORD_WORDS } from '../../../src/postmortem/flows/flow-record.ts';
import { TROUBLE, TROUBLE_NUMBER, TroubledSides } from '../../../src/postmortem/tcp/troubled-sides.ts';

const FLOWS = 3;

function sidesOfFlows(): TroubledSides {
  return new TroubledSides(new Int32Array(FLOWS * RECORD_WORDS));
}

test('TroubledSides gives each side an entry of its own, and keeps it', () => {
  const sides = sidesOfFlows();
  for (let side = 0; side < FLOWS * 2; side++) {
    sides.enter(side >> 1, side & 1);
    sides.words[sides.wordsAt(side >> 1, side & 1) + TROUBLE.stuckFrame] = side + 1;
    sides.numbers[sides.numbersAt(side >> 1, side & 1) + TROUBLE_NUMBER.stuckTime] = side + 0.5;
  }
  for (let side = 0; side < FLOWS * 2; side++) {
    sides.enter(side >> 1, side & 1);
    expect(sides.words[sides.wordsAt(side >> 1, side & 1) + TROUBLE.stuckFrame]).toBe(side + 1);
    expect(sides.numbers[sides.numbersAt(side >> 1, side & 1) + TROUBLE_NUMBER.stuckTime]).toBe(side + 0.5);
  }
});

test('TroubledSides answers nothing about a side that has no entry', () => {
  const sides = sidesOfFlows();
  sides.enter(0, 0);
  sides.words[sides.wordsAt(0, 0) + TROUBLE.pair] = 7;

  expect(sides.words[sides.wordsAt(0, 1) + TROUBLE.pair]).toBe(0);
  expect(sides.words[sides.wordsAt(2, 0) + TROUBLE.pair]).toBe(0);
});

test('TroubledSides takes back the entries of a flow that makes room, empty, and never runs out', () => {
  const sides = sidesOfFlows();
  for (let turn = 0; turn < 1000; turn++) {
    const flow = (turn * 7) % FLOWS;
    for (const side of [1, 0]) {
      sides.enter(flow, side);
      const words = sides.wordsAt(flow, side);
      const numbers = sides.numbersAt(flow, side);
      expect([...sides.words.subarray(words, words + 5), sides.numbers[numbers + TROUBLE_NUMBER.closedSince]]).toEqual([
        0, 0, 0, 0, 0, 0,
      ]);
      sides.words.fill(turn + 1, words, words + 5);
      sides.numbers[numbers + TROUBLE_NUMBER.closedSince] = turn + 1;
      sides.numbers[numbers + TROUBLE_NUMBER.stuckTime] = turn + 1;
      expect(words).toBeLessThan(sides.words.length);
    }
    sides.release(flow);
    expect(sides.words[sides.wordsAt(flow, 0) + TROUBLE.pair]).toBe(0);
  }
});
