/**
 * The reader of saved captures: bytes in, packets out. README.md has the whole picture.
 *
 * It owns one buffer, into which the caller reads, so that no packet is ever copied. Records are told as soon as they
 * are complete; what is left of one moves to the front when the buffer is full.
 *
 * @module
 */

import type { CaptureEvents } from './events.ts';
import { foreignFormat } from './foreign.ts';
import type { CaptureInterface } from './interface.ts';
import { NO_PACKET_OPTIONS, type PacketOptions } from './packet-options.ts';
import { PCAP_HEADER_BYTES, PcapParser, pcapByteOrder } from './pcap.ts';
import { isPcapng, PcapngParser } from './pcapng.ts';
import type { CaptureProblem } from './problem.ts';
import type { RecordParser } from './record-parser.ts';

/** Larger ones drive what is known of flows out of the cache, smaller ones ask the kernel more often. */
const BUFFER_BYTES = 128 * 1024;

/** Enough to name a format, our own or another's. */
const MAGIC_BYTES = 4;

/** What a file turned out to be. */
export interface CaptureSummary {
  readonly format: 'pcap' | 'pcapng' | undefined;
  readonly packets: number;
  /** All bytes of the (decompressed) file, as far as it was read. */
  readonly bytes: number;
  /** `undefined` when all of it was read to the end. */
  readonly problem: CaptureProblem | undefined;
}

export class CaptureReader {
  readonly #events: CaptureEvents;
  #bytes: Uint8Array = new Uint8Array(BUFFER_BYTES);
  #view = new DataView(this.#bytes.buffer);
  /** What is not told yet lies between. */
  #start = 0;
  #end = 0;
  /** Where the first byte of the buffer lies in the file. */
  #fileOffset = 0;
  /** So many bytes more are of no interest. */
  #skipBytes = 0;
  /** Where in the file what is skipped begins. */
  #skippedFrom = 0;
  #parser: RecordParser | undefined;
  #format: CaptureSummary['format'];
  #problem: CaptureProblem | undefined;

  constructor(events: CaptureEvents) {
    this.#events = events;
  }

  /** As far as they are known by now; packets name them by their index. */
  get interfaces(): readonly CaptureInterface[] {
    return this.#parser?.interfaces ?? [];
  }

  /** Once enough of it was read to know. */
  get format(): CaptureSummary['format'] {
    return this.#format;
  }

  /** Whether more bytes could tell anything more. */
  get isDone(): boolean {
    return this.#problem !== undefined || this.#parser?.problem !== undefined;
  }

  /** Of the packet being told; to be asked during the call only. */
  packetOptions(): PacketOptions {
    return this.#parser?.packetOptions() ?? NO_PACKET_OPTIONS;
  }

  /** Where to write what comes next; never empty. */
  space(): Uint8Array {
    if (this.#end === this.#bytes.length) this.#makeRoom();
    return this.#bytes.subarray(this.#end);
  }

  /** So many bytes have been written into the space; every packet that is now complete is told. */
  advance(writtenBytes: number): void {
    this.#end += writtenBytes;
    if (this.isDone) {
      this.#forgetAll();
      return;
    }
    if (this.#parser === undefined) this.#recognise();
    const parser = this.#parser;
    if (parser === undefined) return;
    for (;;) {
      if (this.#skipBytes > 0) {
        const skipped = Math.min(this.#skipBytes, this.#end - this.#start);
        this.#start += skipped;
        this.#skipBytes -= skipped;
        if (this.#skipBytes > 0) break;
      }
      const window = { bytes: this.#bytes, view: this.#view, fileOffset: this.#fileOffset };
      this.#start = parser.parse(window, this.#start, this.#end);
      if (parser.skipBytes === 0) break;
      this.#skipBytes = parser.skipBytes;
      this.#skippedFrom = this.#fileOffset + this.#start;
    }
  }

  /** There is no more. */
  finish(): CaptureSummary {
    const leftBytes = this.#end - this.#start;
    const problem = this.#problem ?? this.#parser?.problem ?? this.#ending(leftBytes);
    const bytes = this.#fileOffset + this.#end;
    return { format: this.#format, packets: this.#parser?.packets ?? 0, bytes, problem };
  }

  #ending(leftBytes: number): CaptureProblem | undefined {
    const offset = this.#fileOffset + this.#start;
    if (this.#parser === undefined) {
      const message =
        leftBytes === 0 ? 'the file is empty' : `the file ends within its header, after ${leftBytes} bytes`;
      return { message, record: 1, offset: 0 };
    }
    if (this.#skipBytes > 0) {
      return {
        message: `the file ends ${this.#skipBytes} bytes before its last block does`,
        record: this.#parser.packets + 1,
        offset: this.#skippedFrom,
      };
    }
    return this.#parser.cut(leftBytes, offset);
  }

  #recognise(): void {
    if (this.#end < MAGIC_BYTES) return;
    if (isPcapng(this.#view)) {
      this.#format = 'pcapng';
      this.#parser = new PcapngParser(this.#events);
    } else if (pcapByteOrder(this.#view) !== undefined) {
      this.#format = 'pcap';
      if (this.#end < PCAP_HEADER_BYTES) return;
      this.#parser = new PcapParser(this.#view, this.#events);
      this.#start = PCAP_HEADER_BYTES;
    } else {
      this.#problem = { message: foreignFormat(this.#bytes.subarray(0, this.#end)), record: 1, offset: 0 };
    }
  }

  /** Move what is left to the front; grow when even that leaves the record no room. */
  #makeRoom(): void {
    const left = this.#bytes.subarray(this.#start, this.#end);
    // By what has come, not by what a length announces: a lie costs no more than the file is long.
    const wanted = left.length > this.#bytes.length / 2 ? this.#bytes.length * 2 : this.#bytes.length;
    if (wanted === this.#bytes.length) this.#bytes.copyWithin(0, this.#start, this.#end);
    else {
      const grown = new Uint8Array(wanted);
      grown.set(left);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#fileOffset += this.#start;
    this.#end = left.length;
    this.#start = 0;
  }

  #forgetAll(): void {
    this.#fileOffset += this.#end;
    this.#start = 0;
    this.#end = 0;
  }
}
