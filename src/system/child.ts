/**
 * A program that runs beside us for a while: it is spoken to and listened to, and it does not outlive us.
 *
 * The promise holds for kill -9 too: `setpriv --pdeathsig` has the kernel end the program when we are gone. Where
 * setpriv is not installed that much is not promised. Limit: the kernel forgets the signal when the program changes its
 * user (tcpdump does, unless `-Z root`), and it goes by our thread, so a worker thread must not start children.
 *
 * When it ends is for us to say: Ctrl-C and timeout(1) signal a whole process group, and a tcpdump that went with that would
 * miss what is still under way. So it is in a session of its own.
 *
 * Source: prctl(2) PR_SET_PDEATHSIG, setpriv(1), setsid(2). Seen in test/live/capture-lifetime.test.ts and capture.test.ts.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import type { CleanupStack } from './cleanup.ts';
import { isInstalled } from './installed.ts';
import type { Argv } from './run.ts';

export interface ChildOptions {
  /** Ends the program, and waits for that, when it is closed. */
  readonly stack: CleanupStack;
  /** Ends the program when aborted. */
  readonly signal: AbortSignal | undefined;
}

export interface ChildStart extends ChildOptions {
  /**
   * `input`: it takes back what it made when its input ends, our death included, and is neither killed with us nor by
   * `signal`. Unless said otherwise it is ended by a signal.
   */
  readonly endsWith?: 'signal' | 'input';
  /** A descriptor that it writes to; `stdout` is empty then. */
  readonly stdoutTo?: number | undefined;
}

/** A running program. Read `stdout` and `stderr` at once, or it waits for that when its pipe is full. */
export class Child {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Its exit code, once it has ended and its output has been read; `undefined` when a signal ended it. */
  readonly ended: Promise<number | undefined>;
  /** In words, once it has ended: `exit code 1`, `SIGKILL`. */
  readonly howEnded: Promise<string>;
  readonly #process: ReturnType<typeof spawn>;
  readonly #endsWith: 'signal' | 'input';

  private constructor(argv: Argv, { signal, endsWith = 'signal', stdoutTo }: ChildStart) {
    this.#process = endsWith === 'input' ? spawn(argv, undefined, stdoutTo) : spawn(guarded(argv), signal, stdoutTo);
    this.#endsWith = endsWith;
    this.stdout = this.#process.stdout ?? Readable.from([]);
    this.stderr = this.#process.stderr;
    this.ended = this.#process.then(({ exitCode }) => exitCode);
    this.howEnded = this.#process.then(({ exitCode, signal: by }) =>
      exitCode === undefined ? (by ?? 'it could not be started') : `exit code ${exitCode}`,
    );
  }

  /** Start a program; it is on the stack before it is there. */
  static start(argv: Argv, start: ChildStart): Child {
    let child: Child | undefined;
    const forget = start.stack.push({
      what: `the process of ${argv.join(' ')}`,
      get byHand() {
        return `kill -9 ${child?.pid}`;
      },
      undo: async () => child?.stop(),
    });
    child = new Child(argv, start);
    void child.ended.then(forget);
    return child;
  }

  /** Its number; `undefined` when it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it waits for something to happen, and not for a processor. False once it has ended. */
  get isAsleep(): boolean {
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
      // Behind its name, which may hold anything.
      return stat.slice(stat.lastIndexOf(')') + 2).startsWith('S');
    } catch {
      return false;
    }
  }

  /** Write to its standard input. That it has ended meanwhile is no error: `ended` tells. */
  write(text: string): void {
    this.#process.stdin.write(text);
  }

  /** Tell it that no more is to be read. */
  endInput(): void {
    this.#process.stdin.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ask it to end, insist after a while, and wait until it has. */
  async stop(): Promise<void> {
    if (this.#endsWith === 'input') this.endInput();
    else this.#process.kill('SIGTERM');
    await this.ended;
  }
}

/** The lines of a text stream, without their ends; the last one may have none. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

const INSIST_AFTER_MS = 2_000; // tcpdump takes 30 ms to give back its ring

/** The kernel ends it when we are gone. */
function guarded(argv: Argv): Argv {
  return isInstalled('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', '--', ...argv] : argv;
}

function spawn(argv: Argv, signal: AbortSignal | undefined, stdoutTo: number | undefined) {
  const [program, ...args] = argv;
  const child = execa(program, args, {
    reject: false,
    buffer: false,
    detached: true,
    stdin: 'pipe',
    // It takes any, and its types name the first ten.
    stdout: (stdoutTo as 9 | undefined) ?? 'pipe',
    // Messages are matched and shown: keep the tools' own English. What Node is told by its environment is for us alone.
    env: { LC_ALL: 'C', NODE_OPTIONS: '' },
    forceKillAfterDelay: INSIST_AFTER_MS,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  // EPIPE: it ended before it read.
  child.stdin.on('error', () => undefined);
  return child;
}
