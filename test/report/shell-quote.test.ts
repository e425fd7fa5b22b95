import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlain } from '../../src/report/escape.ts';
import { isRunnable, shellLine } from '../../src/report/shell-quote.ts';

/** The arguments that bash makes of a pasted line, as bytes. */
function bashArguments(line: string): string {
  return execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], { encoding: 'latin1' });
}

function asBytes(argv: readonly string[]): string {
  return Buffer.from(argv.map((word) => `${word}\0`).join(''), 'utf8').toString('latin1');
}

test.each([
  ['plain words', ['ip', '-n', 'ns1', 'route', 'add', '10.0.0.0/8'], 'ip -n ns1 route add 10.0.0.0/8'],
  ['blanks', ['a b', ''], "'a b' ''"],
  ['a substitution', ['echo', '$(reboot)', '`x`'], "echo '$(reboot)' '`x`'"],
  ['quotes', ["it's"], `'it'\\''s'`],
  ['history, globs, comments, braces', ['x', '!!', '*', '#a', '{', '~'], "x '!!' '*' '#a' '{' '~'"],
  ['an emoji', ['ip', '🦊'], "ip '🦊'"],
  ['an escape sequence', ['ip', '\x1b[2J1'], "ip $'\\033\\133" + "2J1'"],
  ['a byte that is no UTF-8', ['ip', 'eth\udcff'], "ip $'eth\\377'"],
  ['an assignment in the place of the program', ['a=b', 'a=b'], "'a=b' a=b"],
])('shellLine() quotes %s', (_, argv, line) => {
  expect(shellLine(argv)).toBe(line);
});

test('shellLine() is one line of harmless text that bash reads back as the same arguments', () => {
  const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && !/\p{Cs}/u.test(text));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (argv) => {
      const line = shellLine(argv);
      expect(isPlain(line)).toBe(true);
      expect(bashArguments(line)).toBe(asBytes(argv));
    }),
    { numRuns: 200 },
  );
});

test('shellLine() gives bash the raw byte that a lone surrogate stands for', () => {
  expect(bashArguments(shellLine(['a\udcfe\udc80b']))).toBe('a\xfe\x80b\0');
});

test('isRunnable() refuses what Node would pass on as another name', () => {
  expect(isRunnable(['ip', 'eth0', '🦊'])).toBe(true);
  expect(isRunnable(['ip', 'eth\udcff'])).toBe(false);
});
