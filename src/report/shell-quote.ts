/**
 * An argument list as a line that can be pasted into a shell, and gives exactly those arguments back.
 *
 * Words that hold what a terminal would obey or hide are written in `$'...'`, which bash, zsh, ksh and busybox ash
 * read (and POSIX since 2024); dash does not. All other words are plain POSIX quoting.
 *
 * Source: POSIX.1-2024 Shell Command Language, section 2.2. Held to bash in test/report/shell-quote.test.ts.
 *
 * @module
 */

import { isPlain } from './escape.ts';

/** No shell gives these a meaning, wherever they stand in an argument. */
const NEEDS_NO_QUOTES = /^[A-Za-z0-9_@%+=:,./-]+$/;

const RAW_BYTE = /^[\udc80-\udcff]$/u;
const UTF8 = new TextEncoder();

/** Whether every argument can be handed to a program from here: Node passes on UTF-8 alone. */
export function isRunnable(argv: readonly string[]): boolean {
  return argv.every((word) => Array.from(word).every((character) => !RAW_BYTE.test(character)));
}

/** The line to paste. */
export function shellLine(argv: readonly string[]): string {
  return argv.map((word, index) => shellWord(word, index === 0)).join(' ');
}

function shellWord(word: string, isProgram: boolean): string {
  if (!isPlain(word)) return `$'${ansiC(word)}'`;
  // `a=b` in front of a command is an assignment, not a program.
  if (NEEDS_NO_QUOTES.test(word) && !(isProgram && word.includes('='))) return word;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Every byte that is not a plain ASCII letter or digit as three octal digits: no escape runs into what follows it. */
function ansiC(word: string): string {
  let quoted = '';
  for (const byte of bytesOf(word)) {
    const character = String.fromCharCode(byte);
    quoted += /[A-Za-z0-9_./:-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return quoted;
}

/** UTF-8; a byte of the machine that was none stands in the text as U+DC00 plus itself (recording.ts). */
function bytesOf(word: string): readonly number[] {
  return Array.from(word).flatMap((character) => {
    const code = character.codePointAt(0) ?? 0;
    return RAW_BYTE.test(character) ? [code - 0xdc00] : [...UTF8.encode(character)];
  });
}
