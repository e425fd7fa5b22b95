import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth, wrap } from '../../src/report/width.ts';

test.each([
  ['eth0', 4],
  ['', 0],
  ['täst', 4],
  ['ta\u0308st', 4],
  ['日本', 4],
  ['🦊', 2],
  ['👩‍💻', 2],
  ['❤️', 2],
  ['✓', 1],
  ['ｗ', 2],
])('displayWidth(%j) is %i', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test('wrap() breaks at spaces, and inside a word only where it is wider than the line', () => {
  expect(wrap('a bc def', 4)).toEqual(['a bc', 'def']);
  expect(wrap('ab abcdefgh c', 4)).toEqual(['ab', 'abcd', 'efgh', 'c']);
  expect(wrap('🦊🦊🦊', 4)).toEqual(['🦊🦊', '🦊']);
  expect(wrap('', 4)).toEqual(['']);
});

test('wrap() keeps every character and the width', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z 日🦊]*$/u), fc.integer({ min: 2, max: 20 }), (text, columns) => {
      const lines = wrap(text, columns);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    }),
  );
});
