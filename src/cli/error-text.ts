/**
 * What went wrong, for a person: a `Failure` as its message, its hint and what the tool said; anything else as a bug
 * of ours, with its stack.
 *
 * @module
 */

import { escapeLines } from '../report/escape.ts';
import { Failure } from '../system/failure.ts';

/** Lines for stderr. */
export function errorText(error: unknown): string {
  if (error instanceof Failure) {
    const lines = [`nsdiag: ${error.message}`];
    const stderr = error.stderr?.trimEnd();
    if (stderr) lines.push(...stderr.split('\n').map((line) => `  | ${line}`));
    if (error.hint !== undefined) lines.push(...error.hint.split('\n').map((line) => `  ${line}`));
    return `${escapeLines(lines.join('\n'))}\n`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : `thrown: ${String(error)}`;
  return `${escapeLines(stack)}\nnsdiag: this is a bug in nsdiag, not in your network; please report it with the lines above\n`;
}
