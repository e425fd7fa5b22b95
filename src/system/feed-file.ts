/**
 * A file, a pipe or standard input to whoever reads it, piece by piece and decompressed: gzip is seen by its magic.
 *
 * A regular file is read synchronously into the sink's own buffer, which is several times as fast as a stream; now and
 * then the rest of the program gets its turn. Nothing is ever held but one piece, however long the file.
 *
 * @module
 */

import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type ByteSink, type Fed, type FeedOptions, type FileKind, feedStream } from './feed-stream.ts';
import { readErrorReason } from './read-error.ts';

const STANDARD_INPUT = '-';
/** A fraction of a second of reading. */
const TURN_BYTES = 8 * 1024 * 1024;
/** Of a byte of gzip come at most so many: 258 of two bits (RFC 1951). */
const MOST_UNPACKED = 1032;

/**
 * Read to the end. That it cannot be opened or read is an answer.
 *
 * @param path `-` is standard input.
 * @throws The reason of the signal, while a regular file is read. What came by a pipe cannot be had again, so that is
 * only ended early.
 */
export async function feedFile(path: string, sink: ByteSink, options: FeedOptions): Promise<Fed> {
  let file: number;
  try {
    // A pipe that nobody writes into yet would hold up the whole program.
    file = path === STANDARD_INPUT ? 0 : openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { compressed: false, problem: readErrorReason(error) };
  }
  let isHandedOver = false;
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) return { compressed: false, problem: 'it is a folder' };
    if (stat.isFile() && !isGzip(file)) {
      await feedSynchronously(file, sink, stat.size, options);
      return { compressed: false, problem: undefined };
    }
    isHandedOver = true;
    const kind: FileKind = stat.isFile() ? 'regular' : stat.isFIFO() || stat.isSocket() ? 'pipe' : 'device';
    const totalBytes = stat.isFile() ? stat.size : undefined;
    return await feedStream({ path, file, kind, isStandardInput: path === STANDARD_INPUT }, sink, totalBytes, options);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!isSystemError(error)) throw error;
    return { compressed: false, problem: readErrorReason(error) };
  } finally {
    if (!isHandedOver && path !== STANDARD_INPUT) closeSync(file);
  }
}

/** So much will be fed at most, if the file does not grow; Infinity where nobody knows: of a pipe, or what cannot be read. */
export function mostBytesOf(path: string): number {
  let file: number | undefined;
  try {
    const stat = path === STANDARD_INPUT ? undefined : statSync(path);
    if (stat?.isFile() !== true) return Number.POSITIVE_INFINITY;
    file = openSync(path, constants.O_RDONLY);
    return isGzip(file) ? stat.size * MOST_UNPACKED : stat.size;
  } catch {
    return Number.POSITIVE_INFINITY;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function isGzip(file: number): boolean {
  const magic = new Uint8Array(2);
  return readSync(file, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
}

async function feedSynchronously(
  file: number,
  sink: ByteSink,
  totalBytes: number,
  { signal, progress, pace }: FeedOptions,
): Promise<void> {
  let readBytes = 0;
  for (let turn = TURN_BYTES; !sink.isDone; ) {
    const read = readSync(file, sink.space());
    if (read === 0) return;
    sink.advance(read);
    readBytes += read;
    if (readBytes < turn) continue;
    turn += TURN_BYTES;
    progress?.(readBytes, totalBytes);
    await setImmediate();
    await pace?.();
    signal.throwIfAborted();
  }
}
