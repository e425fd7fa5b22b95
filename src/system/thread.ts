/**
 * Another thread, with which messages are exchanged. What it throws is thrown here, with its stack; that there is no
 * memory left, or no thread to be had, is a Failure.
 *
 * @module
 */

import { Worker } from 'node:worker_threads';
import { Failure } from './failure.ts';

/** Of Node's errors: what the machine refuses. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['ERR_WORKER_OUT_OF_MEMORY', 'there is not enough memory'],
  ['ERR_WORKER_INIT_FAILED', 'no thread can be started'],
]);

/** For what lives shortly: V8 would take 48 MB where much does, and be no faster. */
const YOUNG_MEGABYTES = 3;

export class Thread<To, From> {
  readonly #worker: Worker;
  readonly #action: string;
  readonly #answers: From[] = [];
  #problem: Error | undefined;
  /** Whoever waits for an answer. */
  #wake: (() => void) | undefined;

  /**
   * @param script A bundle.
   * @param action What a Failure says that it cannot do.
   */
  constructor(script: string, action: string) {
    this.#action = action;
    // Not with our own options of Node: a profiler or a required script is meant for us.
    this.#worker = new Worker(script, { execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } });
    this.#worker.on('message', (answer: From) => {
      this.#answers.push(answer);
      this.#wake?.();
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`the thread ended with ${code}`)));
  }

  tell(message: To): void {
    this.#worker.postMessage(message);
  }

  /** The next one; answers come in order. @throws What the thread threw. */
  async answer(): Promise<From> {
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#problem !== undefined) throw this.#problem;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** End it, whatever it is doing. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    const refusal = 'code' in error ? REFUSALS.get(String(error.code)) : undefined;
    this.#problem ??=
      refusal === undefined && !isOutOfMemory(error)
        ? error
        : new Failure('command-failed', `Cannot ${this.#action}: ${refusal ?? 'there is not enough memory'}`);
    this.#wake?.();
  }
}

/** An array that the machine has no room for. */
function isOutOfMemory(error: Error): boolean {
  return error instanceof RangeError && error.message.includes('allocation failed');
}
