/**
 * A pipe that a child writes into and we read, for a child that writes a flood of small pieces.
 *
 * What Node gives a child for its output is a socket: the kernel makes a buffer of its own of each write, holds no more than
 * 278 of the smallest, and a read takes them apart one by one. A pipe puts writes together, up to 64 KiB, and a read takes
 * them as a whole. Node cannot make one; mkfifo(1) makes one with a name, which is taken away before anybody writes.
 *
 * What is read is handed on where it lies, in pieces that are never written to again.
 *
 * Source: net/unix/af_unix.c: unix_stream_sendmsg(), fs/pipe.c: pipe_write(). Seen in test/system/inbound-pipe.test.ts.
 *
 * @module
 */

import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

/** As much as a pipe holds. */
const READ_BYTES = 64 * 1024;
const PIECE_BYTES = 4 * READ_BYTES;

export class InboundPipe {
  /** For the child. */
  readonly writeEnd: number;
  readonly #readEnd: number;
  #socket: Socket | undefined;

  private constructor(readEnd: number, writeEnd: number) {
    this.#readEnd = readEnd;
    this.writeEnd = writeEnd;
  }

  /**
   * So many of them, by one run of mkfifo.
   *
   * @returns None where none can be made: no mkfifo, or no place for it.
   */
  static async open(count: number): Promise<readonly InboundPipe[]> {
    let folder: string | undefined;
    const pipes: InboundPipe[] = [];
    try {
      folder = mkdtempSync(join(tmpdir(), 'nsdiag-'));
      const paths = Array.from({ length: count }, (_, at) => join(String(folder), String(at)));
      if ((await run(['mkfifo', '--', ...paths])).exitCode !== 0) return [];
      for (const path of paths) {
        // The reader first, who need not wait: then the writer need not, either.
        const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
        pipes.push(new InboundPipe(readEnd, openSync(path, constants.O_WRONLY)));
      }
    } catch {
      // No more files may be open, for one: those that there are will do.
    } finally {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
    return pipes;
  }

  /** Nobody is going to write, nor to read. */
  discard(): void {
    closeSync(this.writeEnd);
    closeSync(this.#readEnd);
  }

  /**
   * Read until nobody has the other end any more. To be called once the child has it: it is closed here.
   *
   * @param onBytes Keeps them as long as it likes.
   * @returns Once all has been read; why not all could be, if so.
   */
  read(onBytes: (bytes: Uint8Array) => void): Promise<{ readonly problem: string | undefined }> {
    closeSync(this.writeEnd);
    let piece = new Uint8Array(PIECE_BYTES);
    let at = 0;
    const options: SocketConstructorOpts & ConnectOpts = {
      fd: this.#readEnd,
      readable: true,
      writable: false,
      // Not a stream's own way, which makes room for 64 KiB at each read.
      onread: {
        buffer: () => {
          if (at + READ_BYTES > PIECE_BYTES) {
            piece = new Uint8Array(PIECE_BYTES);
            at = 0;
          }
          return piece.subarray(at);
        },
        callback: (lengthBytes) => {
          const begin = at;
          at += lengthBytes;
          onBytes(piece.subarray(begin, at));
          return true;
        },
      },
    };
    const socket = new Socket(options);
    this.#socket = socket;
    return new Promise((resolve) => {
      let problem: string | undefined;
      socket.on('error', ({ message }) => {
        problem = message;
      });
      socket.on('close', () => resolve({ problem }));
    });
  }

  set isPaused(paused: boolean) {
    if (paused) this.#socket?.pause();
    else this.#socket?.resume();
  }
}
