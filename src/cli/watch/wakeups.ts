/**
 * When to look again: soon after the last of some changes, and now and then.
 *
 * @module
 */

/** Commands that belong together come within milliseconds; a script that goes on for longer is looked at meanwhile. */
const QUIET_MS = 150;
const LONGEST_WAIT_MS = 1000;

export type Woken = 'changed' | 'time' | 'stopped';

export class Wakeups {
  readonly #everyMs: number;
  readonly #signal: AbortSignal;
  #firstMs: number | undefined;
  #lastMs = 0;
  #stir: () => void = () => undefined;

  constructor(everyMs: number, signal: AbortSignal) {
    this.#everyMs = everyMs;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#stir(), { once: true });
  }

  /** Something has changed. */
  wake(): void {
    this.#lastMs = performance.now();
    this.#firstMs ??= this.#lastMs;
    this.#stir();
  }

  /** Wait for the next reason to look; changes that came since the last one count. */
  async next(): Promise<Woken> {
    const dueMs = performance.now() + this.#everyMs;
    for (;;) {
      if (this.#signal.aborted) return 'stopped';
      const nowMs = performance.now();
      const first = this.#firstMs;
      const lookMs = first === undefined ? dueMs : Math.min(this.#lastMs + QUIET_MS, first + LONGEST_WAIT_MS);
      if (nowMs >= lookMs) {
        this.#firstMs = undefined;
        return first === undefined ? 'time' : 'changed';
      }
      await this.#wait(lookMs - nowMs);
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#stir = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
