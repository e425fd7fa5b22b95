/**
 * The stream that tcpdump writes (classic pcap), cut into records where it lies: for a flood, in which an object a
 * packet would cost more than the packet. One record is in view at a time, as numbers that point into its bytes.
 *
 * They are shown in the order of time, as far as they wait to be looked at: tcpdump's own order is a little otherwise
 * (record-order.ts).
 *
 * What has been given is kept until it has been looked at. A length that no record can have ends the stream: behind it
 * nothing can be found again, and `problem` says so.
 *
 * Source: https://www.tcpdump.org/manpages/pcap-savefile.5.html
 *
 * @module
 */

import { inOrderOfTime, type RecordReader } from './record-order.ts';

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const NANOSECONDS = 0xa1b23c4d;
const AT = { seconds: 0, nanoseconds: 4, capturedBytes: 8, originalBytes: 12 } as const;
/** No packet is longer, whatever the snap length (MAXIMUM_SNAPLEN of libpcap). */
const MOST_CAPTURED_BYTES = 262_144;
const NS_PER_SECOND = 1e9;

/** A stretch of whole records, in the order of time, and behind those of the piece before. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly end: number;
  /** Of its last record. */
  readonly lastNs: number;
}

export class PcapRecords {
  /** The record in view; valid until `next()`. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  capturedBytes = 0;
  originalBytes = 0;
  seconds = 0;
  nanoseconds = 0;
  /** Of the record in view, after the base. */
  timeNs = Number.POSITIVE_INFINITY;
  /** Of the latest record that has come. */
  lastNs = Number.NEGATIVE_INFINITY;
  hasRecord = false;
  /** Records that have come, looked at or not. */
  count = 0;
  /** Bytes that wait to be looked at. */
  heldBytes = 0;
  /** Why nothing more can be read: a clause. */
  problem: string | undefined;
  readonly #baseSeconds: number;
  readonly #pieces: Piece[] = [];
  #rest: Uint8Array = new Uint8Array(0);
  #isLittle: boolean | undefined;
  /** Where the record behind the one in view begins. */
  #nextAt = 0;
  /** Of the earliest record of the last chunk that was earlier than one before it; `undefined`: none was. */
  #lateNs: number | undefined;
  readonly #reader: RecordReader = {
    timeNs: (view, at) => this.#timeNs(view, at),
    next: (view, at) => at + RECORD_HEADER_BYTES + view.getUint32(at + AT.capturedBytes, this.#isLittle),
  };

  /** @param baseSeconds Times are counted from there, so that a double holds them to the nanosecond. */
  constructor(baseSeconds: number) {
    this.#baseSeconds = baseSeconds;
  }

  /** More of the stream. @param chunk Kept: nobody may write into it any more. */
  push(chunk: Uint8Array): void {
    if (this.problem !== undefined) return;
    const bytes = this.#rest.length === 0 ? chunk : joined(this.#rest, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const begin = this.#isLittle === undefined ? this.#readFileHeader(view) : 0;
    if (begin === undefined) {
      this.#rest = bytes;
      return;
    }
    const end = this.#wholeRecords(view, begin);
    this.#rest = bytes.subarray(end);
    if (end === begin) return;
    this.heldBytes += end;
    this.#pieces.push({ bytes: bytes.subarray(0, end), view, end, lastNs: this.lastNs });
    if (begin > 0 && this.#pieces.length === 1) this.#nextAt = begin;
    if (this.#lateNs !== undefined) this.#sort(this.#lateNs);
    if (!this.hasRecord) this.next();
  }

  /** Look at the record behind the one in view. @returns Whether there is one. */
  next(): boolean {
    let piece = this.#pieces[0];
    if (piece !== undefined && this.#nextAt >= piece.end) {
      this.heldBytes -= piece.bytes.length;
      this.#pieces.shift();
      piece = this.#pieces[0];
      this.#nextAt = 0;
    }
    this.hasRecord = piece !== undefined;
    if (piece === undefined) {
      this.timeNs = Number.POSITIVE_INFINITY;
      return false;
    }
    const { bytes, view } = piece;
    const at = this.#nextAt;
    const little = this.#isLittle;
    this.bytes = bytes;
    this.view = view;
    this.seconds = view.getUint32(at + AT.seconds, little);
    this.nanoseconds = view.getUint32(at + AT.nanoseconds, little);
    this.capturedBytes = view.getUint32(at + AT.capturedBytes, little);
    this.originalBytes = view.getUint32(at + AT.originalBytes, little);
    this.start = at + RECORD_HEADER_BYTES;
    this.timeNs = this.#timeNs(view, at);
    this.#nextAt = this.start + this.capturedBytes;
    return true;
  }

  /** Put the last piece, and those before it that hold anything later than `lateNs`, into the order of time. */
  #sort(lateNs: number): void {
    let from = this.#pieces.length - 1;
    while (from > 0 && (this.#pieces[from - 1]?.lastNs ?? lateNs) > lateNs) from--;
    const disordered = this.#pieces.splice(from);
    // What is in view has not been told of, and may have to wait for what came late.
    const viewAt = this.hasRecord ? this.start - RECORD_HEADER_BYTES : this.#nextAt;
    const stretches = disordered.map((piece, at) => ({ ...piece, begin: from + at === 0 ? viewAt : 0 }));
    const bytes = inOrderOfTime(stretches, this.#reader);
    const view = new DataView(bytes.buffer);
    this.#pieces.push({ bytes, view, end: bytes.length, lastNs: this.lastNs });
    this.heldBytes += disordered.reduce((sum, piece) => sum - piece.bytes.length, bytes.length);
    if (from > 0) return;
    this.#nextAt = 0;
    this.next();
  }

  #timeNs(view: DataView, at: number): number {
    const little = this.#isLittle;
    return (
      (view.getUint32(at, little) - this.#baseSeconds) * NS_PER_SECOND + view.getUint32(at + AT.nanoseconds, little)
    );
  }

  /** @returns Where the first record begins; `undefined`: the header has not come yet, or is none. */
  #readFileHeader(view: DataView): number | undefined {
    if (view.byteLength < FILE_HEADER_BYTES) return undefined;
    if (view.getUint32(0, true) === NANOSECONDS) this.#isLittle = true;
    else if (view.getUint32(0, false) === NANOSECONDS) this.#isLittle = false;
    else {
      this.problem = 'it does not begin like a capture in nanoseconds';
      return undefined;
    }
    return FILE_HEADER_BYTES;
  }

  /** @returns Where the last whole record ends. */
  #wholeRecords(view: DataView, begin: number): number {
    const little = this.#isLittle;
    let at = begin;
    this.#lateNs = undefined;
    while (at + RECORD_HEADER_BYTES <= view.byteLength) {
      const capturedBytes = view.getUint32(at + AT.capturedBytes, little);
      if (capturedBytes > MOST_CAPTURED_BYTES) {
        this.problem = `a record claims ${capturedBytes} bytes`;
        break;
      }
      const end = at + RECORD_HEADER_BYTES + capturedBytes;
      if (end > view.byteLength) break;
      const timeNs = this.#timeNs(view, at);
      if (timeNs >= this.lastNs) this.lastNs = timeNs;
      else if (timeNs < (this.#lateNs ?? Number.POSITIVE_INFINITY)) this.#lateNs = timeNs;
      at = end;
      this.count++;
    }
    return at;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
