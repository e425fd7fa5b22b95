/**
 * Gathers the records of a capture file, so that a flood costs a write for thousands of packets and not for each.
 *
 * Who has a record asks for room, writes it there, and says where it ends. What is gathered goes to the file when the buffer is
 * full or when `flush()` is called: now and then, or a quiet capture would show nothing, and kill -9 lose it.
 *
 * @module
 */

import type { OutputFile, WholeBytes } from '../system/output-file.ts';
import type { BlockBuffer } from '../wire/capture-file/write-packet.ts';

/** A whole packet of the largest kind fits more than once; larger ones write no faster. */
const BUFFER_BYTES = 1024 * 1024;

export class RecordBuffer implements BlockBuffer {
  readonly bytes = new Uint8Array(BUFFER_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  readonly #file: OutputFile;
  readonly #wholeBytes: WholeBytes;
  #end = 0;

  constructor(file: OutputFile, wholeBytes: WholeBytes) {
    this.#file = file;
    this.#wholeBytes = wholeBytes;
  }

  /** @returns Where so many bytes may be written. At most BUFFER_BYTES, which no packet reaches that libpcap captures. */
  room(lengthBytes: number): number {
    if (this.#end + lengthBytes > BUFFER_BYTES) this.flush();
    return this.#end;
  }

  /** A record has been written into the room, up to there. */
  end(at: number): void {
    this.#end = at;
  }

  /** A record that is there as bytes. */
  append(record: Uint8Array): void {
    if (record.length > BUFFER_BYTES) {
      this.flush();
      this.#file.write(record, this.#wholeBytes);
      return;
    }
    const at = this.room(record.length);
    this.bytes.set(record, at);
    this.end(at + record.length);
  }

  flush(): void {
    if (this.#end === 0) return;
    const gathered = this.bytes.subarray(0, this.#end);
    // First: a write that fails is not tried again with the same records.
    this.#end = 0;
    this.#file.write(gathered, this.#wholeBytes);
  }
}
