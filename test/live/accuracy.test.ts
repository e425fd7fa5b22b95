/**
 * A few networks of `npm run accuracy`, always the same ones, in every test run.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { casesOf, caseText } from '../accuracy/cases.ts';
import { isRight, judge } from '../accuracy/judge.ts';
import { rebuildScript } from '../accuracy/script.ts';
import { SHAPES } from '../accuracy/shapes.ts';
import { liveTest } from '../helpers/world.ts';

const SEED = 100;
const DRAWN = 60;
const COUNT = 16;

/** One network of every shape, and the next ones of the seed; broken in none, one, two and three places. */
const drawn = casesOf(SEED, DRAWN);
const oneOfEach = [...new Map(drawn.toReversed().map((tried) => [tried.recipe.shape, tried])).values()];
const CASES = [...new Set([...oneOfEach, ...drawn])].slice(0, COUNT).map((tried) => [caseText(tried), tried] as const);

test('the networks are of every shape', () => {
  expect(new Set(CASES.map(([, { recipe }]) => recipe.shape))).toEqual(new Set(Object.keys(SHAPES)));
});

// Most of a network's time is waiting for what does not answer: several wait side by side.
liveTest.concurrent.for(CASES)('why agrees with the kernel, and repairs %s', async ([, tried]) => {
  const judgement = await judge(tried);

  expect(isRight(judgement), `${JSON.stringify(judgement, undefined, 2)}\n${rebuildScript(tried)}`).toBe(true);
});
