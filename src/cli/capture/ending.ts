/**
 * When a capture ends: Ctrl-C, enough packets, enough time, the end of the program that it was started for, or that
 * nothing more can be written.
 *
 * @module
 */

import type { NetnsEntry } from '../../host/host.ts';
import { type AttachedEnd, startAttached } from '../../system/attached.ts';
import { argvInNetns } from '../../system/enter-netns.ts';
import type { Argv } from '../../system/run.ts';

export interface Awaited {
  readonly durationMs: number | undefined;
  readonly program: readonly string[] | undefined;
  /** The namespace that the program runs in. */
  readonly entry: NetnsEntry | undefined;
  readonly programOutput: 'stdout' | 'stderr';
  /** After the end, so long for what is still under way. */
  readonly lingerMs: number;
}

export interface Ending {
  /** What went wrong, thrown in the end. */
  readonly problem: unknown;
  /** How the program ended, where there was one and it has. */
  readonly program: AttachedEnd | undefined;
  readonly end: (why: 'count' | 'nobody') => void;
  readonly fail: (problem: unknown) => void;
  /** Settles when it is over. */
  readonly wait: (awaited: Awaited) => Promise<void>;
}

export function whenToEnd(signal: AbortSignal): Ending {
  let resolveOver: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    resolveOver = resolve;
  });
  let problem: unknown;
  let isAtOnce = false;
  let program: AttachedEnd | undefined;
  return {
    get problem() {
      return problem;
    },
    get program() {
      return program;
    },
    end: (why) => {
      // What was counted has been waited for, and what is beyond is not asked for.
      isAtOnce ||= why === 'count';
      resolveOver();
    },
    fail: (why) => {
      problem ??= why;
      isAtOnce = true;
      resolveOver();
    },
    wait: async ({ durationMs, program: argv, entry, programOutput, lingerMs }) => {
      signal.addEventListener('abort', resolveOver, { once: true });
      if (signal.aborted) resolveOver();
      const timer = durationMs === undefined ? undefined : setTimeout(resolveOver, durationMs);
      const started =
        argv === undefined || entry === undefined
          ? undefined
          : startAttached(argvInNetns(entry, argv as unknown as Argv), programOutput);
      void started?.ended.then((end) => {
        program = end;
        resolveOver();
      });
      await over;
      clearTimeout(timer);
      signal.removeEventListener('abort', resolveOver);
      if (started !== undefined && program === undefined) {
        started.end();
        program = await started.ended;
      }
      if (!isAtOnce) await new Promise((resolve) => setTimeout(resolve, lingerMs));
    },
  };
}
