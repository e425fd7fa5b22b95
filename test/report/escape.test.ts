import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeJson, escapeLines, escapeText, isPlain } from '../../src/report/escape.ts';

test.each([
  ['an escape sequence', '\x1b[2J', '\\x1b[2J'],
  ['an 8-bit control, told apart from a raw byte', '\u009b31m', '\\u{9b}31m'],
  ['a byte that was no UTF-8', 'eth\udcff', 'eth\\xff'],
  ['a line feed', 'a\nb', 'a\\x0ab'],
  ['a bidi override', 'eth0\u202e1hte', 'eth0\\u{202e}1hte'],
  ['a zero-width space', 'eth\u200b0', 'eth\\u{200b}0'],
  ['a no-break space', 'eth\u00a00', 'eth\\u{a0}0'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['a tag character', 'a\u{e0041}', 'a\\u{e0041}'],
  ['a variation selector that hides behind a letter', 'a\ufe0f', 'a\\u{fe0f}'],
  ['a lone surrogate', 'a\ud800', 'a\\u{d800}'],
  ['a joiner that joins no emoji', 'a\u200db', 'a\\u{200d}b'],
])('escapeText() shows %s', (_, text, shown) => {
  expect(escapeText(text)).toBe(shown);
  expect(isPlain(text)).toBe(false);
});

test.each(['eth0', 'br-täst', 'vnet 0', 'a\\b', '日本', '🦊', '👩‍💻', '❤️', '👩🏽‍🚀'])(
  'escapeText() leaves %j as it is',
  (text) => {
    expect(escapeText(text)).toBe(text);
    expect(isPlain(text)).toBe(true);
  },
);

test('escapeText() answers one line without controls, whatever comes in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeText(text)).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

test('escapeLines() keeps line feeds, widens tabs and drops carriage returns at the end of a line', () => {
  expect(escapeLines('a\tb\r\nc\x07\rd')).toBe('a    b\nc\\x07\\x0dd');
});

test('escapeJson() answers the same value, in text without controls', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
      const json = escapeJson(JSON.stringify(value, undefined, 2));
      expect(JSON.parse(json)).toEqual(value);
      expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});
