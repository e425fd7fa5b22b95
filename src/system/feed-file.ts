/**
 * A file, a pipe or standard input to whoever reads it, piece by piece and decompressed: gzip is seen by its magic.
 *
 * A regular file is read synchronously into the sink's own buffer, which is several times as fast as a stream; now and
 * then the rest of the program gets its turn. Nothing is ever held but one piece, however long the file.
 *
 * @module
 */

import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { stdin } from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { Failure } from './failure.ts';

/** What takes the bytes. */
export interface ByteSink {
  /** Where to write the next ones; never empty. */
  readonly space: () => Uint8Array;
  /** So many have been written there. */
  readonly advance: (bytes: number) => void;
  /** Whether more would tell it nothing. */
  readonly isDone: boolean;
}

export interface FeedOptions {
  readonly signal: AbortSignal;
  /** Told now and then: how much of the file has been read, and how long it is where that is known. */
  readonly progress?: (readBytes: number, totalBytes: number | undefined) => void;
}

/** `problem`: why the end was not reached, a clause. */
export interface Fed {
  readonly compressed: boolean;
  readonly problem: string | undefined;
}

const STANDARD_INPUT = '-';
/** A tenth of a second of reading. */
const TURN_BYTES = 64 * 1024 * 1024;
const STREAM_PIECE_BYTES = 256 * 1024;

/**
 * Read to the end.
 *
 * @param path `-` is standard input.
 * @throws Failure when it cannot be opened or read.
 */
export async function feedFile(path: string, sink: ByteSink, options: FeedOptions): Promise<Fed> {
  const file = open(path);
  let isHandedOver = false;
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new Failure('bad-file', `Cannot read ${path}: it is a directory`);
    if (stat.isFile() && !isGzip(file)) {
      await feedSynchronously(file, path, sink, stat.size, options);
      return { compressed: false, problem: undefined };
    }
    isHandedOver = true;
    return await feedStream(file, path, sink, stat.isFile() ? stat.size : undefined, options);
  } finally {
    if (!isHandedOver && path !== STANDARD_INPUT) closeSync(file);
  }
}

function open(path: string): number {
  if (path === STANDARD_INPUT) return 0;
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return new Failure('not-found', `Cannot read ${path}: there is no such file`);
    case 'EACCES':
      return new Failure(
        'no-permission',
        `Cannot read ${path}: permission denied`,
        'Run it as root, or make the file readable',
      );
    default:
      return new Failure('bad-file', `Cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isGzip(file: number): boolean {
  const magic = new Uint8Array(2);
  return readSync(file, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
}

async function feedSynchronously(
  file: number,
  path: string,
  sink: ByteSink,
  totalBytes: number,
  { signal, progress }: FeedOptions,
): Promise<void> {
  let readBytes = 0;
  for (let turn = TURN_BYTES; !sink.isDone; ) {
    let read: number;
    try {
      read = readSync(file, sink.space());
    } catch (error) {
      throw unreadable(path, error);
    }
    if (read === 0) return;
    sink.advance(read);
    readBytes += read;
    if (readBytes < turn) continue;
    turn += TURN_BYTES;
    progress?.(readBytes, totalBytes);
    await setImmediate();
    signal.throwIfAborted();
  }
}

/** Pipes, terminals, and what is compressed. */
async function feedStream(
  file: number,
  path: string,
  sink: ByteSink,
  totalBytes: number | undefined,
  { signal, progress }: FeedOptions,
): Promise<Fed> {
  // By libuv's own pipe where it is one: reads of a pipe that does not block would fail.
  const input =
    path === STANDARD_INPUT ? stdin : createReadStream(path, { fd: file, highWaterMark: STREAM_PIECE_BYTES, signal });
  let compressed = false;
  let readBytes = 0;
  try {
    let unzip: ReturnType<typeof createGunzip> | undefined;
    let drained: Promise<void> | undefined;
    let first: Uint8Array | undefined;
    for await (const piece of input as AsyncIterable<Uint8Array>) {
      // The magic may come in two pieces.
      const whole = first === undefined ? piece : Buffer.concat([first, piece]);
      if (unzip === undefined && readBytes < 2 && whole.length < 2) {
        first = whole;
        continue;
      }
      first = undefined;
      if (readBytes === 0 && whole[0] === 0x1f && whole[1] === 0x8b) {
        compressed = true;
        unzip = createGunzip({ chunkSize: STREAM_PIECE_BYTES });
        drained = drain(unzip, sink);
        drained.catch(() => undefined);
      }
      readBytes += whole.length;
      progress?.(readBytes, totalBytes);
      if (unzip === undefined) write(sink, whole);
      else if (!unzip.write(whole))
        await Promise.race([new Promise((resolve) => unzip?.once('drain', resolve)), drained]);
      if (sink.isDone) break;
    }
    if (first !== undefined) write(sink, first);
    if (unzip !== undefined && !sink.isDone) {
      unzip.end();
      await drained;
    }
    return { compressed, problem: undefined };
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw unreadable(path, error);
    const problem =
      code === 'Z_BUF_ERROR' ? 'the compressed data ends too early' : `the compressed data is damaged (${code})`;
    return { compressed, problem };
  } finally {
    if (path !== STANDARD_INPUT) input.destroy();
  }
}

async function drain(unzip: AsyncIterable<Uint8Array>, sink: ByteSink): Promise<void> {
  for await (const piece of unzip) {
    write(sink, piece);
    if (sink.isDone) return;
  }
}

function write(sink: ByteSink, piece: Uint8Array): void {
  for (let at = 0; at < piece.length && !sink.isDone; ) {
    const space = sink.space();
    const part = piece.subarray(at, at + space.length);
    space.set(part);
    sink.advance(part.length);
    at += part.length;
  }
}
