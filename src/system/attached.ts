/**
 * A program that runs on our own terminal: it reads what we would read, and what it writes is passed on as it comes. It does
 * not outlive us.
 *
 * @module
 */

import { execa } from 'execa';
import { isInstalled } from './installed.ts';
import type { Argv } from './run.ts';

/** How it ended. */
export interface AttachedEnd {
  /** `undefined`: a signal ended it, or it could not be started. */
  readonly exitCode: number | undefined;
  /** In words: `exit code 1`, `SIGINT`, `it is not installed`. */
  readonly how: string;
}

export interface Attached {
  readonly ended: Promise<AttachedEnd>;
  readonly end: () => void;
}

/** @param outputTo Where its stdout goes. */
export function startAttached(argv: Argv, outputTo: 'stdout' | 'stderr'): Attached {
  const guarded: Argv = isInstalled('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', '--', ...argv] : argv;
  const [program, ...args] = guarded;
  const child = execa(program, args, {
    reject: false,
    buffer: false,
    stdin: 'inherit',
    stdout: outputTo === 'stdout' ? 'inherit' : 2,
    stderr: 'inherit',
    forceKillAfterDelay: 2_000,
  });
  return {
    ended: child.then(({ exitCode, signal, code }) => {
      if (exitCode !== undefined) return { exitCode, how: `exit code ${exitCode}` };
      return { exitCode, how: signal ?? (code === 'ENOENT' ? 'it is not installed' : 'it could not be started') };
    }),
    end: () => void child.kill('SIGTERM'),
  };
}
