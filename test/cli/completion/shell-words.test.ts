import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWords } from '../../../src/cli/completion/shell-words.ts';

test.each([
  ['nsdiag', ['nsdiag']],
  ['nsdiag ', ['nsdiag', '']],
  ['  nsdiag   why  n', ['nsdiag', 'why', 'n']],
  [`nsdiag why 'a b' "c d" e\\ f`, ['nsdiag', 'why', 'a b', 'c d', 'e f']],
  [`nsdiag why 'a b`, ['nsdiag', 'why', 'a b']],
  [`nsdiag why "a \\"b`, ['nsdiag', 'why', 'a "b']],
  ['nsdiag why $HOME', ['nsdiag', 'why', '$HOME']],
])('shellWords() splits %j into %j', (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

test('shellWords() splits what is quoted as a shell does', () => {
  const character = fc.constantFrom('a', 'b', ' ', '\\a', '\\ ', `'x y'`, '"z\\"\'"', `''`, '-', '=', ':');
  fc.assert(
    fc.property(fc.array(character, { maxLength: 12 }), (pieces) => {
      // The last word is being typed: with something in it, a shell counts it too.
      const line = `nsdiag ${pieces.join('')}.`;
      expect(shellWords(line)).toEqual(wordsOfShell(line));
    }),
    { numRuns: 25 },
  );
});

function wordsOfShell(line: string): readonly string[] {
  return execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
    .split('\n')
    .slice(0, -1);
}
