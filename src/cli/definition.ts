/**
 * The command line as commander knows it: what --help shows, the manual page tells and the shells complete.
 *
 * @module
 */

import { Command } from 'commander';
import { escapeLines } from '../report/escape.ts';
import { type CommandModule, examples, type Perform } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { CommandIo } from './io.ts';

/** Where help and complaints go. */
export type HelpIo = Pick<CommandIo, 'stdout' | 'stderr' | 'terminal'>;

/**
 * nsdiag itself and every command by name and summary; those of `modules` with their arguments, options and examples.
 *
 * @param perform Runs what a command line asked for.
 */
export function defineProgram(
  version: string,
  io: HelpIo,
  modules: ReadonlyMap<string, CommandModule>,
  perform: (program: Command) => Perform,
): Command {
  const program = nsdiag(version, io);
  for (const { name, summary } of COMMANDS) {
    const command = program.command(name).summary(summary).description(summary);
    command.showHelpAfterError(`  See: nsdiag ${name} --help`);
    modules.get(name)?.define(command, perform(program));
  }
  return program;
}

function nsdiag(version: string, io: HelpIo): Command {
  return new Command('nsdiag')
    .description('Says where a packet between Linux network namespaces dies, why, and which commands make it pass.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .option('--color', 'colour the output, terminal or not')
    .option('--no-color', 'never colour the output (so does the variable NO_COLOR)')
    .option('--no-pager', 'never page long output (so does PAGER=cat)')
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag why ns1 10.0.2.1', 'why does ns1 not reach 10.0.2.1?'],
        ['sudo nsdiag why host ns1 --port 80', 'may the host connect to ns1?'],
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
