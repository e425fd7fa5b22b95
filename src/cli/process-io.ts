/**
 * The real process as a `CommandIo`.
 *
 * A reader that closes the pipe (`nsdiag why ... | head -1`) is no error: what it does not want is dropped, and the
 * command ends as it would have ended, so that what it added to the machine is taken back. A full disk is one.
 *
 * @module
 */

import type { Interface } from 'node:readline';
import type { Interruption } from './interruption.ts';
import type { CommandIo, IoOptions, Writer } from './io.ts';

const DEFAULT_COLUMNS = 80;

interface ProcessIo {
  readonly io: (options: IoOptions) => CommandIo;
  /** What is kept for the pager, to be shown when the command has ended. */
  readonly paged: () => { readonly text: string; readonly isLong: boolean } | undefined;
  /** Why the result could not be written, when it could not. */
  readonly writeError: () => Error | undefined;
}

/** @param interruption Of the process: aborted when the command is to end early. */
export function processIo({ signal, expect }: Pick<Interruption, 'signal' | 'expect'>): ProcessIo {
  let writeError: Error | undefined;
  const writerTo = (stream: NodeJS.WriteStream): Writer => {
    // Node makes standard output writable again after an error (its `_undestroy()`), and the next write fails as well.
    let isClosed = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      isClosed = true;
      if (error.code !== 'EPIPE') writeError ??= error;
    });
    const mayWrite = () => !isClosed && stream.writable;
    return { write: (text) => void (mayWrite() && stream.write(text)), isClosed: () => !mayWrite() };
  };
  const stdout = writerTo(process.stdout);
  const stderr = writerTo(process.stderr);
  const terminal = {
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    columns: process.stdout.columns || DEFAULT_COLUMNS,
  };
  const held: string[] = [];
  const hold = (text: string): void => void held.push(text);
  const inOrder: Writer = { ...stdout, write: (text) => (held.length > 0 ? hold(text) : stdout.write(text)) };
  const mayAsk = process.stdin.isTTY === true && terminal.stderrIsTerminal;

  return {
    io: ({ color, pager }) => ({
      stdout: inOrder,
      page: terminal.stdoutIsTerminal && pager !== false ? hold : inOrder.write,
      stderr,
      env: process.env,
      signal,
      expectInterruption: expect,
      terminal,
      color: {
        stdout: wantsColor(color, process.env, terminal.stdoutIsTerminal),
        stderr: wantsColor(color, process.env, terminal.stderrIsTerminal),
      },
      confirm: mayAsk ? (question) => askYesNo(question, signal) : undefined,
    }),
    paged: () => {
      if (held.length === 0) return undefined;
      const text = held.join('');
      return { text, isLong: text.split('\n').length > process.stdout.rows };
    },
    writeError: () => writeError,
  };
}

/**
 * Whether to colour a stream. Source: no-color.org (a variable that is not empty), force-color.org.
 *
 * @param choice --color or --no-color, when one was given.
 */
export function wantsColor(choice: boolean | undefined, env: CommandIo['env'], isTerminal: boolean): boolean {
  if (choice !== undefined) return choice;
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true;
  return isTerminal && env['TERM'] !== 'dumb';
}

/** Anything but y or yes is a no; so are an end of input and Ctrl-C. The question goes to stderr. */
async function askYesNo(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  // Not `terminal: true`: the line discipline stays as it is, and Ctrl-C stays a signal.
  const lines: Interface = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const answer = await new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    signal.addEventListener('abort', () => lines.close(), { once: true });
    if (signal.aborted) lines.close();
    else lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}
