/**
 * What is going on, on one line of stderr: only on a terminal, and only for what takes longer than a second.
 *
 * @module
 */

import { escapeText } from '../report/escape.ts';
import type { CommandIo } from './io.ts';

const SILENT_MS = 1000;
const BETWEEN_MS = 200;
const ERASE_LINE = '\r\x1b[K';

export class Progress {
  readonly #io: Pick<CommandIo, 'stderr' | 'terminal'>;
  readonly #nowMs: () => number;
  readonly #beganMs: number;
  #line = '';
  #drawnMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /** @param nowMs A clock that does not jump. */
  constructor(io: Pick<CommandIo, 'stderr' | 'terminal'>, nowMs = () => performance.now()) {
    this.#io = io;
    this.#nowMs = nowMs;
    this.#beganMs = nowMs();
  }

  /** Say what is going on now. May be called as often as it is convenient. */
  tell(line: string): void {
    if (!this.#io.terminal.stderrIsTerminal) return;
    this.#line = line;
    const nowMs = this.#nowMs();
    const silentMs = Math.max(SILENT_MS - (nowMs - this.#beganMs), BETWEEN_MS - (nowMs - this.#drawnMs));
    if (silentMs <= 0) this.#draw();
    // Whoever computes draws above; for whoever waits, the clock does.
    else this.#timer ??= setTimeout(() => this.#draw(), silentMs).unref();
  }

  /** Nothing is left on the terminal. */
  done(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#drawnMs > 0) this.#io.stderr.write(ERASE_LINE);
    this.#drawnMs = Number.NEGATIVE_INFINITY;
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnMs = this.#nowMs();
    const fitting = Array.from(escapeText(this.#line)).slice(0, this.#io.terminal.columns - 1);
    this.#io.stderr.write(`${ERASE_LINE}${fitting.join('')}`);
  }
}
