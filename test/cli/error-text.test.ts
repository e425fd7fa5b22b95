import { expect, test } from 'vitest';
import { errorText } from '../../src/cli/error-text.ts';
import { Failure } from '../../src/system/failure.ts';

test('errorText() shows message, what the tool said, and hint of a Failure, without a stack', () => {
  const failure = new Failure('command-failed', 'Cannot do it: no', 'Try this\nor that', 'RTNETLINK answers: No\n');
  expect(errorText(failure)).toBe('nsdiag: Cannot do it: no\n  | RTNETLINK answers: No\n  Try this\n  or that\n');
});

test('errorText() shows anything else as a bug, with its stack', () => {
  const text = errorText(new TypeError('x is undefined'));
  expect(text).toMatch(/^TypeError: x is undefined\n {4}at /);
  expect(text).toContain('this is a bug in nsdiag');
});

test('errorText() escapes what names and tools put into it', () => {
  const text = errorText(new Failure('not-found', 'Cannot look into "\x1b[2J"', '\u202e', '\x07'));
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
});
