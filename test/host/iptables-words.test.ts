import { expect, test } from 'vitest';
import { iptablesWords } from '../../src/host/iptables-words.ts';

test.each([
  ['-A INPUT  -j ACCEPT', ['-A', 'INPUT', '-j', 'ACCEPT']],
  ['--comment "two words" -j', ['--comment', 'two words', '-j']],
  ['--comment "it\\\'s \\"so\\" \\\\"', ['--comment', 'it\'s "so" \\']],
  ['--comment "" x', ['--comment', '', 'x']],
  ['-i a"b -j we!rd"ch', ['-i', 'a"b', '-j', 'we!rd"ch']],
  ['-i a\\b', ['-i', 'a\\b']],
  ['--comment "never closed', ['--comment', 'never closed']],
  ['', []],
])('iptablesWords() splits %j as iptables took it', (line, words) => {
  expect(iptablesWords(line).map(({ text }) => text)).toEqual(words);
});

test('iptablesWords() keeps each word as it stands in the line', () => {
  const line = '-A INPUT -m comment --comment "two words" -j DROP';

  expect(
    iptablesWords(line)
      .map(({ raw }) => raw)
      .join(' '),
  ).toBe(line);
});
