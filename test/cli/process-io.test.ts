import { expect, test } from 'vitest';
import { wantsColor } from '../../src/cli/process-io.ts';

test.each([
  ['a terminal', undefined, { TERM: 'xterm' }, true, true],
  ['a pipe', undefined, { TERM: 'xterm' }, false, false],
  ['a terminal without any capability', undefined, { TERM: 'dumb' }, true, false],
  ['NO_COLOR', undefined, { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR, which means nothing', undefined, { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR', undefined, { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0', undefined, { FORCE_COLOR: '0' }, false, false],
  ['NO_COLOR beside FORCE_COLOR', undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['--color before NO_COLOR', true, { NO_COLOR: '1' }, false, true],
  ['--no-color before the terminal', false, { FORCE_COLOR: '1' }, true, false],
])('wantsColor() heeds %s', (_, choice, env, isTerminal, wants) => {
  expect(wantsColor(choice, env, isTerminal)).toBe(wants);
});
