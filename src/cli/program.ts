/**
 * The command line: finds the command that is meant, loads it and it alone, runs it, and makes one exit code of what
 * it answered or threw.
 *
 * @module
 */

import { type Command, CommanderError } from 'commander';
import { jsonLine, jsonText } from '../report/print-json.ts';
import { Failure } from '../system/failure.ts';
import type { CommandModule, Perform } from './command.ts';
import { COMMANDS } from './commands.ts';
import { defineProgram } from './definition.ts';
import { errorText } from './error-text.ts';
import type { CommandIo, ExitCode, IoOptions } from './io.ts';

export interface Surroundings {
  readonly io: (options: IoOptions) => CommandIo;
  readonly version: string;
}

/** Run what the words behind `nsdiag` ask for. Never throws. */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { watched, wroteResult } = watch();
  const io = watched(surroundings.io({}));
  let module: CommandModule | undefined;
  try {
    const [first, ...rest] = words;
    if (first === '__complete') {
      io.stdout.write(await (await import('./completion/answer.ts')).completionAnswer(rest, surroundings.version, io));
      return 0;
    }
    const asked = COMMANDS.find(({ name }) => name === commandName(words));
    module = await asked?.load();

    let exitCode: ExitCode = 0;
    const perform =
      (program: Command): Perform =>
      async (task) => {
        exitCode = await task(watched(surroundings.io(program.opts<IoOptions>())), words);
      };
    const modules = new Map(asked && module ? [[asked.name, module]] : []);
    await defineProgram(surroundings.version, io, modules, perform).parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // What is stopped half-way may fail in any way.
    const isStopped = io.signal.aborted && !(error instanceof Failure);
    const problem: unknown = isStopped ? io.signal.reason : error;
    // Commander has said already what is wrong with the command line.
    if (!(problem instanceof CommanderError)) io.stderr.write(errorText(problem));
    if (words.includes('--json') && !wroteResult()) io.stdout.write(errorDocument(problem, words, module));
    return 2;
  }
}

/** The first word that is no option: nsdiag's own options take no values. */
function commandName(words: readonly string[]): string | undefined {
  return words.find((word) => !word.startsWith('-') && word !== 'help');
}

/** Notices whether something was written to stdout, by whichever way. */
function watch(): { readonly watched: (io: CommandIo) => CommandIo; readonly wroteResult: () => boolean } {
  let wrote = false;
  const noticing = (write: (text: string) => void) => (text: string) => {
    wrote ||= text !== '';
    write(text);
  };
  const watched = (io: CommandIo): CommandIo => ({
    ...io,
    stdout: { ...io.stdout, write: noticing(io.stdout.write) },
    page: noticing(io.page),
  });
  return { watched, wroteResult: () => wrote };
}

function errorDocument(error: unknown, words: readonly string[], module: CommandModule | undefined): string {
  const message = error instanceof Error ? error.message.replace(/^error: /, '') : String(error);
  const hint = error instanceof Failure ? error.hint : undefined;
  const document = module?.errorDocument?.({ message, hint }, words) ?? { error: { message, hint: hint ?? null } };
  return module?.isJsonLines ? jsonLine(document) : jsonText(document);
}
