/**
 * The slow half of feed-file.ts: what comes by a pipe or a device, and what is compressed.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { Socket } from 'node:net';
import { stdin } from 'node:process';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

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
  /** Awaited now and then: whoever takes what the sink makes of it may be slower. */
  readonly pace?: (() => Promise<void>) | undefined;
}

export interface Fed {
  readonly compressed: boolean;
  /** Why it was not read, or not to its end: a clause. */
  readonly problem: string | undefined;
}

export type FileKind = 'regular' | 'pipe' | 'device';

interface OpenFile {
  readonly path: string;
  readonly file: number;
  readonly kind: FileKind;
  readonly isStandardInput: boolean;
}

const PIECE_BYTES = 256 * 1024;
/** Ctrl-C ends tcpdump at the other end of the pipe, too, and it writes its last packets then. */
const LAST_WORDS_MS = 1000;

/** @throws The reason of the signal, while a regular file is read; any error that is not the system's. */
export async function feedStream(
  from: OpenFile,
  sink: ByteSink,
  totalBytes: number | undefined,
  { signal, progress, pace }: FeedOptions,
): Promise<Fed> {
  signal.throwIfAborted();
  const input = streamOf(from);
  const isPipe = from.kind === 'pipe';
  const stop = () => {
    if (isPipe) setTimeout(() => input.destroy(), LAST_WORDS_MS).unref();
    else input.destroy();
  };
  signal.addEventListener('abort', stop, { once: true });
  const unpack = new Unpack(sink);
  let readBytes = 0;
  try {
    for await (const piece of input as AsyncIterable<Uint8Array>) {
      readBytes += piece.length;
      await unpack.take(piece);
      progress?.(readBytes, totalBytes);
      await pace?.();
      if (sink.isDone) break;
    }
    await unpack.end();
    return { compressed: unpack.isCompressed, problem: undefined };
  } catch (error) {
    if (signal.aborted) {
      if (!isPipe) throw signal.reason;
      return { compressed: unpack.isCompressed, problem: 'interrupted: what had come by then was read' };
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    const problem =
      code === 'Z_BUF_ERROR' ? 'the compressed data ends too early' : `the compressed data is damaged (${code})`;
    return { compressed: true, problem };
  } finally {
    signal.removeEventListener('abort', stop);
    if (!from.isStandardInput) input.destroy();
  }
}

function streamOf({ path, file, kind, isStandardInput }: OpenFile): Readable {
  if (isStandardInput) return stdin;
  // By libuv's poll: a read of a pipe in which nothing comes could not be ended.
  if (kind === 'pipe') return new Socket({ fd: file, readable: true, writable: false });
  return createReadStream(path, { fd: file, highWaterMark: PIECE_BYTES });
}

/** Pieces to the sink, decompressed when they begin as gzip does. */
class Unpack {
  readonly #sink: ByteSink;
  #begin: Uint8Array | undefined = new Uint8Array(0);
  #unzip: ReturnType<typeof createGunzip> | undefined;
  #drained: Promise<void> | undefined;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  get isCompressed(): boolean {
    return this.#unzip !== undefined;
  }

  async take(piece: Uint8Array): Promise<void> {
    let whole = piece;
    if (this.#begin !== undefined) {
      // The magic may come in two pieces.
      whole = Buffer.concat([this.#begin, piece]);
      this.#begin = whole.length < 2 ? whole : undefined;
      if (whole.length < 2) return;
      if (whole[0] === 0x1f && whole[1] === 0x8b) this.#unzip = this.#open();
    }
    if (this.#unzip === undefined) write(this.#sink, whole);
    else if (!this.#unzip.write(whole)) {
      await Promise.race([new Promise((resolve) => this.#unzip?.once('drain', resolve)), this.#drained]);
    }
  }

  /** Nothing comes any more: what is still inside comes out. */
  async end(): Promise<void> {
    if (this.#begin !== undefined) write(this.#sink, this.#begin);
    if (this.#unzip === undefined || this.#sink.isDone) return;
    this.#unzip.end();
    await this.#drained;
  }

  #open(): ReturnType<typeof createGunzip> {
    const unzip = createGunzip({ chunkSize: PIECE_BYTES });
    this.#drained = drain(unzip, this.#sink);
    // It is awaited, but perhaps later than it fails.
    this.#drained.catch(() => undefined);
    return unzip;
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
