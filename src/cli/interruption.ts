/**
 * Ctrl-C and kill: the first asks the command to take back what it added and end, the second ends it at once.
 *
 * @module
 */

import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { Failure } from '../system/failure.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * npm, sudo and others pass on the signal that the terminal has already sent to us as well: one Ctrl-C then arrives
 * twice within a few milliseconds. No person is that fast.
 */
const SAME_KEY_PRESS_MS = 300;

export interface Interruption {
  /** Aborted by the first signal, with a Failure `interrupted`. */
  readonly signal: AbortSignal;
  /** 128 + the signal's number once one has come, as a shell would report it; `undefined` when it was expected. */
  readonly exitCode: () => number | undefined;
  /** From now on the first signal is how the command ends, no accident. */
  readonly expect: () => void;
  /** Give the signals back to Node. */
  readonly release: () => void;
}

/** Where the signals come from: the process. */
export interface SignalSource {
  readonly on: (name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void) => unknown;
  readonly off: (name: NodeJS.Signals, listener: (name: NodeJS.Signals) => void) => unknown;
}

/**
 * Listen for the signals that end a program.
 *
 * @param force Called by the second one: ends the process without waiting for anything.
 * @param nowMs A clock that does not jump.
 */
export function listenForInterruption(
  source: SignalSource,
  force: (exitCode: number) => void,
  nowMs: () => number,
): Interruption {
  const controller = new AbortController();
  // Every program that runs listens to it: a dozen are no leak, as Node would warn.
  setMaxListeners(0, controller.signal);
  let isExpected = false;
  let first: { readonly exitCode: number; readonly atMs: number } | undefined;

  const listener = (name: NodeJS.Signals): void => {
    if (first === undefined) {
      first = { exitCode: 128 + constants.signals[name], atMs: nowMs() };
      controller.abort(new Failure('interrupted', `Interrupted by ${name}`));
    } else if (nowMs() - first.atMs > SAME_KEY_PRESS_MS) {
      force(first.exitCode);
    }
  };
  for (const name of SIGNALS) source.on(name, listener);
  return {
    signal: controller.signal,
    exitCode: () => (isExpected ? undefined : first?.exitCode),
    expect: () => {
      isExpected = true;
    },
    release: () => {
      for (const name of SIGNALS) source.off(name, listener);
    },
  };
}
