/**
 * The only place that starts a program and waits for it. Always an argument vector, never a shell line.
 *
 * A program that fails, is missing or is killed is an answer here, not an exception: the caller decides what it means.
 *
 * @module
 */

import { execa } from 'execa';

/** A command as it is run and as it is printed: program and arguments, no shell in between. */
export type Argv = readonly [program: string, ...args: string[]];

/** How a finished program ended. */
export interface RunResult {
  readonly argv: Argv;
  /** `undefined` when it was killed by a signal or never started. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The program is not installed (or not on the PATH). */
  readonly missing: boolean;
  readonly timedOut: boolean;
}

export interface RunOptions {
  /** Kill it after this long; `undefined` waits for ever. */
  readonly timeoutMs?: number;
  /** Fed to its standard input, which is empty otherwise. */
  readonly input?: string;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal;
  /** How much of its output is kept, in bytes of each stream. */
  readonly maxOutputBytes?: number;
  /** `latin1`: each byte of its output is one character, for output that need not be UTF-8. */
  readonly encoding?: 'utf8' | 'latin1';
  /** What ends it when it is aborted or late; SIGTERM, unless said otherwise. */
  readonly killSignal?: NodeJS.Signals;
}

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024; // a full BGP table as JSON is about 200 MB

/** Run a program to its end. Never throws for what the program did. */
export async function run(argv: Argv, options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = argv;
  const result = await execa(program, args, {
    reject: false,
    stripFinalNewline: false,
    input: options.input ?? '',
    maxBuffer: options.maxOutputBytes ?? MAX_OUTPUT_BYTES,
    // Messages are matched and shown: keep the tools' own English.
    env: { LC_ALL: 'C' },
    encoding: options.encoding ?? 'utf8',
    ...(options.killSignal === undefined ? {} : { killSignal: options.killSignal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  return {
    argv,
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    missing: result.code === 'ENOENT',
    timedOut: result.timedOut,
  };
}
