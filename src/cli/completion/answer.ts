/**
 * What the scripts of `nsdiag completion` ask: `nsdiag __complete -- WORD...`, or, of a shell that splits words its own
 * way, `nsdiag __complete --line LINE`. No command, for it stands above them all.
 *
 * @module
 */

import { COMMANDS } from '../commands.ts';
import { defineProgram } from '../definition.ts';
import type { CommandIo } from '../io.ts';
import { complete } from './complete.ts';
import { ANSWER_END } from './scripts.ts';
import { shellWords } from './shell-words.ts';
import { sourceWith } from './sources.ts';

/** What would end or change a line on the way to the shell. */
const UNPRINTABLE = /\p{C}/u;

/**
 * Answer a shell.
 *
 * @param asked What stands behind `__complete`.
 * @returns A candidate a line, with a tab and what it means; last, whether files fit as well (scripts.ts).
 */
export async function completionAnswer(asked: readonly string[], version: string, io: CommandIo): Promise<string> {
  const [form, line = '', ...rest] = asked;
  const words = form === '--line' ? shellWords(line).slice(1) : [line, ...rest];
  const named = COMMANDS.find(({ name }) => words.slice(0, -1).includes(name));
  const modules = new Map(named ? [[named.name, await named.load()]] : []);
  const program = defineProgram(version, io, modules, () => async () => {});
  const { candidates, files } = await complete(program, words, sourceWith(io.env));
  const lines = candidates
    .filter(({ value }) => !UNPRINTABLE.test(value))
    .map(({ value, description }) => `${value}\t${description.replace(/[\p{C}\s]+/gu, ' ')}`);
  return [...lines, files ? ANSWER_END.files : ANSWER_END.noFiles, ''].join('\n');
}
