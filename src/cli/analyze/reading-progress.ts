/**
 * How far the reading of captures is.
 *
 * @module
 */

import type { Progress } from '../progress.ts';

export class ReadingProgress {
  readonly #progress: Progress;
  readonly #files: number;
  #file = 0;

  constructor(progress: Progress, files: number) {
    this.#progress = progress;
    this.#files = files;
  }

  /** The next file begins. @returns To be called while it is read. */
  of(path: string): (readBytes: number, totalBytes: number | undefined) => void {
    this.#file++;
    this.#tell(path, 0, undefined);
    return (readBytes, totalBytes) => this.#tell(path, readBytes, totalBytes);
  }

  /** Nothing is left on the terminal. */
  done(): void {
    this.#progress.done();
  }

  #tell(path: string, readBytes: number, totalBytes: number | undefined): void {
    const which = this.#files > 1 ? `${this.#file} of ${this.#files}, ` : '';
    const far =
      totalBytes === undefined || totalBytes === 0
        ? `${Math.round(readBytes / 1e6)} MB`
        : `${Math.floor((100 * readBytes) / totalBytes)} % of ${Math.round(totalBytes / 1e6)} MB`;
    this.#progress.tell(`Reading ${which}${far}: ${path}`);
  }
}
