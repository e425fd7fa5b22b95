/** The scripts, in the shells themselves: what Tab would offer. A shell that is not installed is skipped, and counted. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { completionScript, SHELLS } from '../../../src/cli/completion/scripts.ts';
import { BIN } from '../../helpers/world.ts';

type Shell = (typeof SHELLS)[number];

const folder = mkdtempSync(join(tmpdir(), 'nsdiag-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints what a shell would offer for a line, a word a line. zsh has no way to ask without a terminal: it is only read. */
const OFFER: Readonly<Record<Shell, (line: string) => string>> = {
  bash: (line) => `
    COMP_LINE='${line}'; COMP_POINT=\${#COMP_LINE}
    IFS=' ' read -ra COMP_WORDS <<<"$COMP_LINE"; [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
    _nsdiag; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: () => '',
  fish: (line) => `complete -C '${line}' | string replace -r '\\t.*' ''; true`,
};

function run(shell: Shell, script: string): readonly string[] {
  const file = join(folder, `script.${shell}`);
  writeFileSync(file, script);
  const quiet = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }[shell];
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, HOME: folder };
  const printed = execFileSync(shell, [...quiet, file], { encoding: 'utf8', env });
  return printed.split('\n').filter((line) => line !== '');
}

function isThere(shell: Shell): boolean {
  try {
    execFileSync(shell, ['-c', 'true']);
    return true;
  } catch {
    return false;
  }
}

test.for(SHELLS)('completionScript() of %s offers what nsdiag answers', (shell, { skip }) => {
  if (!isThere(shell)) skip(`${shell} is not installed`);
  writeFileSync(join(folder, 'nsdiag'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, { mode: 0o755 });
  const offered = (line: string) => run(shell, `${completionScript(shell)}\n${OFFER[shell](line)}\n`);
  if (shell === 'zsh') {
    // compdef belongs to a terminal; that the script is one, zsh itself says.
    expect(run(shell, `compdef() { print -r -- "$@" }\n${completionScript(shell)}`)).toEqual(['_nsdiag nsdiag']);
    return;
  }
  expect(offered('nsdiag wh')).toEqual(['why']);
  expect(offered('nsdiag why ns1 10.0.0.1 --proto ')).toEqual(['icmp', 'tcp', 'udp']);
  expect(offered('nsdiag lab break bridge bridge-d')).toEqual(['bridge-down']);
  expect(offered('nsdiag why hos')).toEqual(['host']);
});
