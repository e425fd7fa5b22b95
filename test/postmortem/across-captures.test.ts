import { expect, test } from 'vitest';
import { acrossCaptures } from '../../src/postmortem/across-captures.ts';
import { finding } from '../report/example-analyses.ts';

const seen = (capture: number, count: number, subject?: string) =>
  finding({ code: 'icmp-unreachable', subject, count, frames: [{ capture, number: 1, timestampNs: 0n }] });

test('acrossCaptures() tells once what several captures show, as the one that has most of it, and names the others', () => {
  expect(acrossCaptures([seen(0, 2, 'x'), seen(1, 5, 'x'), seen(2, 1, 'x')])).toEqual([
    {
      ...seen(1, 5, 'x'),
      alsoIn: [
        { capture: 0, count: 2 },
        { capture: 2, count: 1 },
      ],
    },
  ]);
});

test('acrossCaptures() takes the gravest for the one to tell, though another shows more frames', () => {
  const note = { ...seen(0, 9, 'x'), severity: 'note' } as const;

  expect(acrossCaptures([note, seen(1, 1, 'x')])).toMatchObject([
    { severity: 'error', count: 1, alsoIn: [{ count: 9 }] },
  ]);
});

test.each([
  ['another subject', seen(1, 1, 'y')],
  ['no subject', seen(1, 1)],
  ['another code', { ...seen(1, 1, 'x'), code: 'ttl-exceeded' } as const],
  ['the same capture, at another device', seen(0, 1, 'x')],
])('acrossCaptures() leaves apart what has %s', (_, other) => {
  expect(new Set(acrossCaptures([seen(0, 1, 'x'), other]))).toEqual(new Set([seen(0, 1, 'x'), other]));
});

test('acrossCaptures() keeps what it told before', () => {
  const once = acrossCaptures([seen(0, 2, 'x'), seen(1, 5, 'x')]);

  expect(acrossCaptures([...once, seen(2, 1, 'x')])).toMatchObject([{ alsoIn: [{ capture: 0 }, { capture: 2 }] }]);
});
