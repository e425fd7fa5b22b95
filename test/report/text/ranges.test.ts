import { expect, test } from 'vitest';
import { rangesText, spanText, stemOf } from '../../../src/report/text/ranges.ts';

test.each([
  [['p1', 'p2', 'p3', 'p5'], 'p1…p3, p5'],
  [['p1', 'p2'], 'p1, p2'],
  [['ns9', 'ns10', 'ns11'], 'ns9…ns11'],
  [['a', 'b', 'c'], 'a, b, c'],
  [['p01', 'p02', 'p03'], 'p01…p03'],
  [['x7', 'y8', 'z9'], 'x7, y8, z9'],
  [[], ''],
])('rangesText() of %j', (names, text) => {
  expect(rangesText(names)).toBe(text);
});

test.each([
  [['10.0.0.1/24', '10.0.0.7/24'], '10.0.0.1…10.0.0.7/24'],
  [['10.0.0.1/24', '10.0.1.1/25'], '10.0.0.1/24…10.0.1.1/25'],
  [['eth0', 'eth0'], 'eth0'],
  [['p1', 'p30'], 'p1…p30'],
])('spanText() of %j', (texts, text) => {
  expect(spanText(texts)).toBe(text);
});

test('stemOf() leaves out every number', () => {
  expect(stemOf('veth10a7')).toBe('veth#a#');
});
