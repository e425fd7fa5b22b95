/**
 * A file that grows while we work, of records that must stay whole: what is there is valid after a full disk, too.
 *
 * A regular file is written synchronously, which costs a copy into the page cache, and cut back to the last whole record when
 * the disk is full. A pipe is written as fast as its reader takes it: `drained` tells when to go on. Not promised: whole records
 * when we are killed in the very moment of a write.
 *
 * @module
 */

import { once } from 'node:events';
import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.ts';
import { writeErrorReason } from './write-error.ts';

const STANDARD_OUTPUT = '-';
/** How often a pipe is tried that nobody reads yet; the kernel does not say when somebody does. */
const TRY_AGAIN_MS = 20;
/** rw for all, before the umask: as tcpdump and any editor makes files. */
const NEW_FILE_MODE = 0o666;

/** How many of the first bytes are whole records, when no more of them could be written. */
export type WholeBytes = (bytes: Uint8Array) => number;

export class OutputFile {
  readonly path: string;
  readonly #file: number;
  /** Where it is a pipe. */
  readonly #pipe: Socket | undefined;
  #writtenBytes = 0;
  #failure: Failure | undefined;

  private constructor(path: string, file: number, pipe: Socket | undefined) {
    this.path = path;
    this.#file = file;
    this.#pipe = pipe;
    pipe?.on('error', (error) => {
      this.#failure ??= this.#failed(error);
    });
  }

  /**
   * Make it, or empty it. A named pipe waits for its reader, until the signal.
   *
   * @param path `-` is standard output.
   * @throws Failure `bad-file`; the reason of the signal.
   */
  static async open(path: string, signal: AbortSignal): Promise<OutputFile> {
    try {
      const file = path === STANDARD_OUTPUT ? openStandardOutput() : await openPath(path, signal);
      const isPipe = fstatSync(file).isFIFO();
      const pipe = isPipe ? new Socket({ fd: file, readable: false, writable: true }) : undefined;
      return new OutputFile(path, file, pipe);
    } catch (error) {
      signal.throwIfAborted();
      throw new Failure('bad-file', `Cannot write ${path}: ${writeErrorReason(error)}`);
    }
  }

  /** How much is there. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Resolves when the pipe has taken what it was given; `undefined` when there is nothing to wait for. */
  get drained(): Promise<void> | undefined {
    const pipe = this.#pipe;
    if (pipe === undefined || pipe.destroyed || pipe.writableLength < pipe.writableHighWaterMark) return undefined;
    return Promise.race([once(pipe, 'drain'), once(pipe, 'close')]).then(
      () => undefined,
      () => undefined,
    );
  }

  /**
   * @param records Whole ones; the bytes may be used again after the call.
   * @throws Failure `bad-file` when it could not be written, now or (a pipe) before.
   */
  write(records: Uint8Array, wholeBytes: WholeBytes): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pipe === undefined) this.#writeNow(records, wholeBytes);
    else this.#pipe.write(records.slice());
    this.#writtenBytes += records.length;
  }

  #writeNow(records: Uint8Array, wholeBytes: WholeBytes): void {
    let done = 0;
    try {
      while (done < records.length) done += writeSync(this.#file, records, done);
    } catch (error) {
      this.#failure = this.#failed(error);
      const keptBytes = this.#writtenBytes + wholeBytes(records.subarray(0, done));
      if (fstatSync(this.#file).isFile()) ftruncateSync(this.#file, keptBytes);
      throw this.#failure;
    }
  }

  /**
   * Give it back; a pipe is given what it has not taken yet first, unless its reader has gone.
   *
   * @param withinMs For a reader that may not read any more: what it has not taken by then is lost.
   */
  async close(withinMs?: number): Promise<void> {
    if (this.#pipe === undefined) {
      if (this.path !== STANDARD_OUTPUT) closeSync(this.#file);
      return;
    }
    const pipe = this.#pipe;
    if (!pipe.destroyed) {
      const late = withinMs === undefined ? undefined : setTimeout(() => pipe.destroy(), withinMs);
      await new Promise<void>((resolve) => pipe.once('close', () => resolve()).end());
      clearTimeout(late);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #failed(error: unknown): Failure {
    return new Failure('bad-file', `Cannot write ${this.path}: ${writeErrorReason(error)}`);
  }
}

/** A pipe by a way of its own, or our not waiting in it would be that of all who share it. */
function openStandardOutput(): number {
  const standardOutput = 1;
  if (!fstatSync(standardOutput).isFIFO()) return standardOutput;
  return openSync(`/proc/self/fd/${standardOutput}`, constants.O_WRONLY | constants.O_NONBLOCK);
}

async function openPath(path: string, signal: AbortSignal): Promise<number> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants;
  for (;;) {
    try {
      return openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, NEW_FILE_MODE);
    } catch (error) {
      const isWithoutReader = error instanceof Error && 'code' in error && error.code === 'ENXIO';
      if (!isWithoutReader) throw error;
    }
    await sleep(TRY_AGAIN_MS, undefined, { signal });
  }
}
