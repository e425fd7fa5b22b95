/**
 * How far the reading is, on one line of stderr: only on a terminal, and only for what takes longer than a second.
 *
 * @module
 */

import { escapeText } from '../../report/escape.ts';
import type { CommandIo } from '../io.ts';

const SILENT_MS = 1000;
const BETWEEN_MS = 200;
const ERASE_LINE = '\r\x1b[K';

export class ReadingProgress {
  readonly #io: CommandIo;
  readonly #files: number;
  readonly #nowMs: () => number;
  readonly #beganMs: number;
  #file = 0;
  #toldMs = Number.NEGATIVE_INFINITY;

  /** @param nowMs A clock that does not jump. */
  constructor(io: CommandIo, files: number, nowMs = () => performance.now()) {
    this.#io = io;
    this.#files = files;
    this.#nowMs = nowMs;
    this.#beganMs = nowMs();
  }

  /** The next file begins. @returns To be called while it is read. */
  of(path: string): (readBytes: number, totalBytes: number | undefined) => void {
    this.#file++;
    this.#tell(path, 0, undefined);
    return (readBytes, totalBytes) => this.#tell(path, readBytes, totalBytes);
  }

  /** Nothing is left on the terminal. */
  done(): void {
    if (this.#toldMs > 0) this.#io.stderr.write(ERASE_LINE);
  }

  #tell(path: string, readBytes: number, totalBytes: number | undefined): void {
    const { stderr, terminal } = this.#io;
    const nowMs = this.#nowMs();
    if (!terminal.stderrIsTerminal || nowMs - this.#beganMs < SILENT_MS || nowMs - this.#toldMs < BETWEEN_MS) return;
    this.#toldMs = nowMs;
    const which = this.#files > 1 ? `${this.#file} of ${this.#files}, ` : '';
    const far =
      totalBytes === undefined || totalBytes === 0
        ? `${Math.round(readBytes / 1e6)} MB`
        : `${Math.floor((100 * readBytes) / totalBytes)} % of ${Math.round(totalBytes / 1e6)} MB`;
    const line = escapeText(`Reading ${which}${far}: ${path}`);
    stderr.write(
      `${ERASE_LINE}${Array.from(line)
        .slice(0, terminal.columns - 1)
        .join('')}`,
    );
  }
}
