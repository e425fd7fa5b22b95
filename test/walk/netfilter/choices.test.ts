import { expect, test } from 'vitest';
import { type Choose, explore } from '../../../src/walk/netfilter/choices.ts';

function outcomes(run: (choose: Choose) => string) {
  return explore(run, (outcome) => outcome);
}

test('explore() runs once where nothing is to be chosen', () => {
  let runs = 0;
  const explored = outcomes(() => {
    runs++;
    return 'passed';
  });

  expect(explored).toEqual({ kind: 'settled', outcome: 'passed' });
  expect(runs).toBe(1);
});

test('explore() settles on what comes out under every answer', () => {
  expect(outcomes((choose) => (choose('a', 2) + choose('b', 3) < 9 ? 'dropped' : 'passed'))).toEqual({
    kind: 'settled',
    outcome: 'dropped',
  });
});

test('explore() names the questions that make the difference, and no others', () => {
  const explored = outcomes((choose) => {
    choose('whether it is logged', 2);
    return choose('whether it is blocked', 2) === 1 ? 'dropped' : 'passed';
  });

  expect(explored).toMatchObject({ kind: 'open', questions: ['whether it is blocked'] });
});

test('explore() names a question that matters only under one answer to another', () => {
  const explored = outcomes((choose) => (choose('a', 2) === 1 && choose('b', 2) === 1 ? 'dropped' : 'passed'));

  expect(explored).toMatchObject({ kind: 'open', questions: ['a', 'b'] });
});

test('explore() gives up on more questions than anybody can answer', () => {
  const explored = outcomes((choose) => {
    for (let index = 0; index < 20; index++) choose(`question ${index}`, 2);
    return 'passed';
  });

  expect(explored).toMatchObject({ kind: 'open', questions: [expect.stringContaining('too many')] });
});
