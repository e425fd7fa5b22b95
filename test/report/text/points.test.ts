import { expect, test } from 'vitest';
import type { HopRow, PointsAnalysis } from '../../../src/postmortem/points/points-analysis.ts';
import { durationText, pointsText } from '../../../src/report/text/points.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import { displayWidth } from '../../../src/report/width.ts';

const DAY_NS = 86_400e9;

function analysis(names: readonly [string, string], hop: Partial<HopRow>): PointsAnalysis {
  const point = (name: string) => ({
    ...{ name, parts: [], files: [name], packets: 3, dropped: undefined },
    ...{ firstNs: undefined, lastNs: undefined },
  });
  const row = {
    from: 0,
    to: 1,
    seen: 3,
    passed: 3,
    lost: 0,
    unknown: 0,
    duplicated: 0,
    reordered: 0,
    delay: undefined,
  };
  return {
    ...{ points: names.map(point), hops: [{ ...row, ...hop }], losses: [], rewritings: [], clocks: [] },
    ...{ doubts: new Map(), findings: [], notes: [] },
  };
}

const MANY = 12_345_678;
const HUGE: Partial<HopRow> = {
  ...{ seen: MANY, passed: MANY, lost: MANY, unknown: MANY, duplicated: MANY, reordered: MANY },
  delay: { leastNs: 1, medianNs: 59e9, mostNs: 400 * DAY_NS },
};

test.each([
  ['short names', analysis(['a', 'b'], { delay: { leastNs: 1, medianNs: 2000, mostNs: 3000 } })],
  ['long names and huge numbers', analysis(['a'.repeat(40), 'b'.repeat(40)], HUGE)],
  ['names of two columns a letter', analysis(['網'.repeat(10), '路'.repeat(10)], HUGE)],
])('pointsText() keeps a table of %s within 80 columns', (_, points) => {
  const table = pointsText(points, styleOf(false, 80)).split('\n');

  expect(Math.max(...table.map(displayWidth))).toBeLessThanOrEqual(80);
  expect(table.join('\n')).toContain(String(points.hops[0]?.seen));
});

test.each([
  [12, '12 ns'],
  [5.6e9, '5.6 s'],
  [900e9, '15 min'],
  [20 * 3600e9, '20 h'],
  [400 * DAY_NS, '400 d'],
])('durationText(%d) is %s', (ns, text) => {
  expect(durationText(ns)).toBe(text);
});
