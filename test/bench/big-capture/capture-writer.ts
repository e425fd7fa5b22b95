/**
 * A capture file of Ethernet frames with microseconds, written fast: classic or pcapng.
 *
 * @module
 */

import { closeSync, openSync, writeSync } from 'node:fs';

export type CaptureFormat = 'pcap' | 'pcapng';

const BUFFER_BYTES = 4 * 1024 * 1024;
/** Room for the largest record. */
const RECORD_BYTES = 2048;
const ETHERNET = 1;
const PCAP_RECORD_BYTES = 16;
const BLOCK_HEAD_BYTES = 28;

export class CaptureWriter {
  /** Where `frameAt()` says, a frame is to be written, then `commit()` called. */
  readonly bytes = new Uint8Array(BUFFER_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  packets = 0;
  #writtenBytes = 0;
  readonly #file: number;
  readonly #format: CaptureFormat;
  #end = 0;

  constructor(path: string, format: CaptureFormat) {
    this.#file = openSync(path, 'w');
    this.#format = format;
    if (format === 'pcap') this.#words(0xa1b2c3d4, 0x0004_0002, 0, 0, 262_144, ETHERNET);
    else {
      this.#words(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffff_ffff, 0xffff_ffff, 28);
      this.#words(1, 20, ETHERNET, 262_144, 20);
    }
  }

  get writtenBytes(): number {
    return this.#writtenBytes + this.#end;
  }

  frameAt(): number {
    if (this.#end > BUFFER_BYTES - RECORD_BYTES) this.#flush();
    return this.#end + (this.#format === 'pcap' ? PCAP_RECORD_BYTES : BLOCK_HEAD_BYTES);
  }

  /** @param microseconds Since 1970. */
  commit(frameBytes: number, microseconds: number): void {
    this.packets++;
    if (this.#format === 'pcap') {
      const seconds = Math.floor(microseconds / 1_000_000);
      this.#words(seconds, microseconds - seconds * 1_000_000, frameBytes, frameBytes);
      this.#end += frameBytes;
      return;
    }
    const paddedBytes = (frameBytes + 3) & ~3;
    const totalBytes = BLOCK_HEAD_BYTES + paddedBytes + 4;
    const high = Math.floor(microseconds / 2 ** 32);
    this.#words(6, totalBytes, 0, high, microseconds % 2 ** 32, frameBytes, frameBytes);
    this.bytes.fill(0, this.#end + frameBytes, this.#end + paddedBytes);
    this.#end += paddedBytes;
    this.#words(totalBytes);
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #words(...words: readonly number[]): void {
    for (const word of words) {
      this.view.setUint32(this.#end, word, true);
      this.#end += 4;
    }
  }

  #flush(): void {
    for (let at = 0; at < this.#end; ) at += writeSync(this.#file, this.bytes, at, this.#end - at);
    this.#writtenBytes += this.#end;
    this.#end = 0;
  }
}
