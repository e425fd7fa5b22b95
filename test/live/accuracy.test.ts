/**
 * A few networks of `npm run accuracy`, always the same ones, in every test run.
 *
 * @module
 */

import { expect } from 'vitest';
import { casesOf, caseText } from '../accuracy/cases.ts';
import { isRight, judge } from '../accuracy/judge.ts';
import { rebuildScript } from '../accuracy/script.ts';
import { liveTest } from '../helpers/world.ts';

/** With this seed they are of every shape, and broken in none, one, two and three places. */
const SEED = 21;
const CASES = casesOf(SEED, 16).map((tried) => [caseText(tried), tried] as const);

liveTest.for(CASES)('why agrees with the kernel, and repairs %s', async ([, tried]) => {
  const judgement = await judge(tried);

  expect(isRight(judgement), `${JSON.stringify(judgement, undefined, 2)}\n${rebuildScript(tried)}`).toBe(true);
});
