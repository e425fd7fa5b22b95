/**
 * The second pass over a finished pcapng file: comments for the packets that turned out to be lost or rewritten.
 *
 * The file is written anew beside itself and renamed, so that whoever opens it, or interrupts us, finds the old file or the new
 * one, never half of either. Every other byte is copied as it is, order included. It holds one piece of the file at a time, and needs
 * as much room on the disk as the file itself; where that is not there the file stays without comments, and the answer says so.
 *
 * @module
 */

import { closeSync, fstatSync, openSync, readSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Failure } from '../system/failure.ts';
import { OutputFile } from '../system/output-file.ts';
import { CommentAdder, type CommentsOf } from '../wire/capture-file/add-comments.ts';
import { wholeBlocks } from '../wire/capture-file/write-block.ts';

/** Narrow on `kind`. */
export type Annotated =
  | { readonly kind: 'done'; readonly packets: number }
  /** The file is as it was. `why` is a clause. */
  | { readonly kind: 'left'; readonly why: string };

/** More than the largest block that we write, a section header with a snapshot. */
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * Add the comments.
 *
 * @param path A regular file that `PcapngFile` has written and closed.
 * @param ofFile What it says of itself from now on; `undefined`: as before.
 * @throws The reason of the signal, the file as it was.
 */
export async function annotate(
  path: string,
  commentsOf: CommentsOf,
  ofFile: string | undefined,
  signal: AbortSignal,
): Promise<Annotated> {
  let aside: string | undefined;
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    if (!fstatSync(file).isFile()) return { kind: 'left', why: `${path} is no file that could be written again` };
    // A symbolic link keeps pointing where it did.
    const target = realpathSync(path);
    aside = `${target}.nsdiag-${process.pid}`;
    const output = await OutputFile.open(aside, signal);
    const adder = new CommentAdder(commentsOf, ofFile);
    try {
      await copy(file, adder, (bytes) => output.write(bytes, wholeBlocks), signal);
    } finally {
      await output.close();
    }
    renameSync(aside, target);
    aside = undefined;
    return { kind: 'done', packets: adder.commented };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) return { kind: 'left', why: error.message };
    if (error instanceof Error && 'syscall' in error) return { kind: 'left', why: error.message };
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
    if (aside !== undefined) rmSync(aside, { force: true });
  }
}

async function copy(
  file: number,
  adder: CommentAdder,
  write: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  const bytes = new Uint8Array(PIECE_BYTES);
  const view = new DataView(bytes.buffer);
  let isOurs = true;
  for (let left = 0; ; ) {
    const read = readSync(file, bytes, left, bytes.length - left, null);
    const end = left + read;
    const taken = isOurs ? adder.take({ bytes, view }, end, write) : 0;
    if (read === 0 || (taken === 0 && end === bytes.length)) {
      // What is no whole block to us is for the reader to judge, and so is all that follows.
      isOurs = false;
      write(bytes.subarray(taken, end));
      if (read === 0) return;
      left = 0;
      continue;
    }
    bytes.copyWithin(0, taken, end);
    left = end - taken;
    await setImmediate();
    signal.throwIfAborted();
  }
}
