/**
 * The shape of a command: `commands/<name>.ts` exports `define`, and `commands.ts` lists it.
 *
 * @module
 */

import type { Command } from 'commander';
import type { CommandIo, ExitCode } from './io.ts';

/**
 * Runs what a command line asked for, and keeps its exit code. Called once, by the action of one (sub)command.
 *
 * @param task Given all words behind `nsdiag` as well: commander does not tell where a `--` stood.
 */
export type Perform = (task: (io: CommandIo, words: readonly string[]) => Promise<ExitCode>) => Promise<void>;

/**
 * Say which arguments, options, subcommands and examples the command has. Every action ends in
 * `perform((io) => ...)`. Name and summary are there already.
 */
export type Define = (command: Command, perform: Perform) => void;

/**
 * The one document that says why there is no result, written to stdout in its place when `--json` is asked for.
 *
 * @param words The whole command line, which may be what is wrong.
 */
export type ErrorDocument = (
  error: { readonly message: string; readonly hint: string | undefined },
  words: readonly string[],
) => unknown;

/** What `commands/<name>.ts` exports. */
export interface CommandModule {
  readonly define: Define;
  readonly errorDocument?: ErrorDocument;
  /** With --json it prints documents as they come, each on a line. */
  readonly isJsonLines?: true;
}

const HELP_COLUMNS = 80;

/**
 * The examples that stand below a command's help: side by side where that fits, else one below the other.
 *
 * @param lines Pairs of a command line and what it does.
 */
export function examples(lines: readonly (readonly [line: string, does: string])[]): string {
  const width = Math.max(...lines.map(([line]) => line.length));
  const sideBySide = lines.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`);
  const fits = sideBySide.every((line) => line.length <= HELP_COLUMNS);
  const below = lines.map(([line, does]) => `  ${line}\n      ${does}`);
  return ['', 'Examples:', ...(fits ? sideBySide : below)].join('\n');
}
