/**
 * A command as a lab file writes it: one line, split at blanks, with single quotes around a word that holds some.
 *
 * No shell reads it. What a shell would act on is refused, so that the line does the same when a person pastes it.
 *
 * @module
 */

import type { Argv } from '../system/run.ts';

/** The words of a line, or why it is not a command. */
export type CommandLine = { readonly ok: true; readonly argv: Argv } | { readonly ok: false; readonly because: string };

const WORD = /'([^']*)'|[^\s']+/g;
const SHELL_ACTS_ON = /[$`"\\|&;<>()*?[\]{}~#!]/;

/** Split a line into its words. */
export function parseCommandLine(line: string): CommandLine {
  const unquoted = line.replaceAll(/'[^']*'/g, ' ');
  const acted = SHELL_ACTS_ON.exec(unquoted)?.[0];
  if (acted !== undefined)
    return { ok: false, because: `has ${acted} outside single quotes: no shell reads this line` };
  if (unquoted.includes("'")) return { ok: false, because: 'has a single quote that is not closed' };
  const [program, ...args] = Array.from(line.matchAll(WORD), ([word, quoted]) => quoted ?? word);
  if (program === undefined) return { ok: false, because: 'must not be empty' };
  return { ok: true, argv: [program, ...args] };
}
