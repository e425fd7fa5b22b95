/**
 * The command line: finds the command that is meant, loads it and it alone, runs it, and makes one exit code of what
 * it answered or threw.
 *
 * @module
 */

import { Command, CommanderError } from 'commander';
import { escapeJson, escapeLines } from '../report/escape.ts';
import { Failure } from '../system/failure.ts';
import { type CommandModule, examples, type Perform } from './command.ts';
import { COMMANDS } from './commands.ts';
import { errorText } from './error-text.ts';
import type { CommandIo, ExitCode } from './io.ts';

export interface Surroundings {
  /** @param color --color or --no-color, when one was given. */
  readonly io: (color: boolean | undefined) => CommandIo;
  readonly version: string;
}

/** Run what the words behind `nsdiag` ask for. Never throws. */
export async function runCommandLine(words: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { io, wroteResult } = watched(surroundings.io(undefined));
  let module: CommandModule | undefined;
  try {
    const asked = COMMANDS.find(({ name }) => name === commandName(words));
    module = await asked?.load();

    let exitCode: ExitCode = 0;
    const program = programOf(surroundings.version, io);
    const perform: Perform = async (task) => {
      const { color } = surroundings.io(program.opts<{ color?: boolean }>().color);
      exitCode = await task({ ...io, color });
    };
    for (const { name, summary } of COMMANDS) {
      const command = program.command(name).summary(summary).description(summary);
      command.showHelpAfterError(`  See: nsdiag ${name} --help`);
      if (name === asked?.name) module?.define(command, perform);
    }
    await program.parseAsync(words, { from: 'user' });
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

function programOf(version: string, io: CommandIo): Command {
  return new Command('nsdiag')
    .description('Says where a packet between Linux network namespaces dies, why, and which commands make it pass.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--color', 'colour the output, terminal or not')
    .option('--no-color', 'never colour the output (so does the variable NO_COLOR)')
    .addHelpText(
      'after',
      examples([
        ['nsdiag why ns1 10.0.2.1', 'why does ns1 not reach 10.0.2.1?'],
        ['nsdiag why host ns1 --proto tcp --port 80', 'may the host connect to ns1?'],
        ['nsdiag help why', 'all that one command can do'],
      ]),
    )
    .addHelpText(
      'after',
      `
Exit: 0 reachable, or nothing wrong; 1 unreachable, or faults found;
      2 could not look; 3 looked, and cannot tell.`,
    )
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.terminal.columns,
      getErrHelpWidth: () => io.terminal.columns,
      outputError: (text, write) => write(escapeLines(text.replace(/^error: /, 'nsdiag: '))),
    })
    .showHelpAfterError('  See: nsdiag --help')
    .exitOverride();
}

function watched(io: CommandIo): { readonly io: CommandIo; readonly wroteResult: () => boolean } {
  let wrote = false;
  const write = (text: string): void => {
    wrote ||= text !== '';
    io.stdout.write(text);
  };
  return { io: { ...io, stdout: { write } }, wroteResult: () => wrote };
}

function errorDocument(error: unknown, words: readonly string[], module: CommandModule | undefined): string {
  const message = error instanceof Error ? error.message.replace(/^error: /, '') : String(error);
  const hint = error instanceof Failure ? error.hint : undefined;
  const document = module?.errorDocument?.({ message, hint }, words) ?? { error: { message, hint: hint ?? null } };
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`;
}
