/**
 * The live stream that tcpdump writes, as frames, each as soon as it is there. Parsed by pcap-parser.
 *
 * pcap-parser knows only the magic number of microsecond files, and hands on the fraction of the second untouched. So
 * the stream shows it that number, whatever came, and here is remembered what the fraction counts. One host, one clock:
 * nanoseconds tell the order of two hops that are 1 µs apart.
 *
 * Source: https://www.tcpdump.org/manpages/pcap-savefile.5.html
 *
 * @module
 */

import { type Readable, Transform } from 'node:stream';
import type { Frame } from './frame.ts';

const MAGIC_BYTES = 4;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const NS_PER_SECOND = 1_000_000_000n;

/**
 * Read frames until the stream ends.
 *
 * @param onFrame Called for every frame, in the order of the stream.
 * @returns When it has ended; why it could not be read to its end, if so.
 */
export async function readPcapStream(
  stream: Readable,
  onFrame: (frame: Frame) => void,
): Promise<{ readonly problem: string | undefined }> {
  // Before anything is awaited: what nobody reads from a child's output at once, execa throws away.
  const magic = stream.pipe(new MagicNumber());
  // It reads no further; tcpdump must not wait for that.
  const drain = () => stream.unpipe(magic).resume();
  const parser = await import('pcap-parser').catch((error: Error) => error);
  if (parser instanceof Error) {
    drain();
    return { problem: `pcap-parser cannot be loaded: ${parser.message.split('\n')[0]}` };
  }
  return new Promise((resolve) => {
    parser
      .parse(magic)
      .on('packet', ({ header, data }) => {
        const fraction = BigInt(header.timestampMicroseconds) * magic.nsPerUnit;
        const timestampNs = BigInt(header.timestampSeconds) * NS_PER_SECOND + fraction;
        onFrame({ timestampNs, bytes: data, lengthBytes: header.originalLength });
      })
      .on('error', ({ message }) => {
        drain();
        resolve({ problem: message });
      })
      .on('end', () => resolve({ problem: undefined }));
  });
}

/** Passes everything on, but for the first four bytes: a nanosecond file's become those of a microsecond file. */
class MagicNumber extends Transform {
  #head: Buffer | undefined = Buffer.alloc(0);
  /** What the fraction of a time stamp counts. Known before the first packet is. */
  nsPerUnit = 1_000n;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, data?: Buffer) => void): void {
    if (this.#head === undefined) {
      done(null, chunk);
      return;
    }
    const head = Buffer.concat([this.#head, chunk]);
    if (head.length < MAGIC_BYTES) {
      this.#head = head;
      done(null);
      return;
    }
    this.#head = undefined;
    if (head.readUInt32LE(0) === NANOSECONDS) {
      head.writeUInt32LE(MICROSECONDS, 0);
      this.nsPerUnit = 1n;
    } else if (head.readUInt32BE(0) === NANOSECONDS) {
      head.writeUInt32BE(MICROSECONDS, 0);
      this.nsPerUnit = 1n;
    }
    done(null, head);
  }
}
