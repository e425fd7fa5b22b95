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

  expect(explored).toEqual({ kind: 'settled', outcome: 'passed', assumed: [] });
  expect(runs).toBe(1);
});

test('explore() settles on what comes out under every answer', () => {
  expect(outcomes((choose) => (choose('a', 2) + choose('b', 3) < 9 ? 'dropped' : 'passed'))).toEqual({
    kind: 'settled',
    outcome: 'dropped',
    assumed: [],
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

test('explore() takes what is assumed, and names it where it made a difference', () => {
  const explored = outcomes((choose) => {
    choose('a limit that logs', 2, 'assumed');
    return choose('a limit that drops', 2, 'assumed') === 1 ? 'dropped' : 'passed';
  });

  expect(explored).toEqual({ kind: 'settled', outcome: 'passed', assumed: ['a limit that drops'] });
});

test('explore() answers each way that chance may take, once', () => {
  const ends = ['a', 'b', 'a'];
  const explored = outcomes((choose) => ends[choose('which backend', 3, 'chance')] ?? '');

  expect(explored).toEqual({ kind: 'chance', questions: ['which backend'], outcomes: ['a', 'b'], assumed: [] });
});

test('explore() is open where something unknown decides next to chance', () => {
  const explored = outcomes((choose) => `${choose('chance', 2, 'chance')}${choose('unknown', 2)}`);

  expect(explored).toMatchObject({ kind: 'open', questions: ['chance', 'unknown'] });
});

test('explore() does not ask what only a used-up limit would lead to', () => {
  const explored = outcomes((choose) =>
    choose('a limit', 2, 'assumed') === 1 && choose('unknown', 2) === 1 ? 'dropped' : 'passed',
  );

  expect(explored).toEqual({ kind: 'settled', outcome: 'passed', assumed: ['a limit'] });
});

test('explore() gives up one assumption at a time, so that many limits are no matter', () => {
  let runs = 0;
  const explored = outcomes((choose) => {
    runs++;
    const limits = Array.from({ length: 30 }, (_, index) => choose(`limit ${index}`, 2, 'assumed'));
    return limits[7] === 1 ? 'dropped' : 'passed';
  });

  expect(explored).toEqual({ kind: 'settled', outcome: 'passed', assumed: ['limit 7'] });
  expect(runs).toBe(31);
});
