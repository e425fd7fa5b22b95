/**
 * The stream that tcpdump writes (classic pcap), cut into records where it lies: for a flood, in which an object a
 * packet would cost more than the packet. One record is in view at a time, as numbers that point into its bytes.
 *
 * What has been given is kept until it has been looked at. A length that no record can have ends the stream: behind it
 * nothing can be found again, and `problem` says so.
 *
 * Source: https://www.tcpdump.org/manpages/pcap-savefile.5.html
 *
 * @module
 */

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const NANOSECONDS = 0xa1b23c4d;
const AT = { seconds: 0, nanoseconds: 4, capturedBytes: 8, originalBytes: 12 } as const;
/** No packet is longer, whatever the snap length (MAXIMUM_SNAPLEN of libpcap). */
const MOST_CAPTURED_BYTES = 262_144;
const NS_PER_SECOND = 1e9;

/** A stretch of whole records. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly end: number;
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
  /** Of the last record that has come. */
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
    this.#pieces.push({ bytes: bytes.subarray(0, end), view, end });
    if (begin > 0 && this.#pieces.length === 1) this.#nextAt = begin;
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
    this.timeNs = (this.seconds - this.#baseSeconds) * NS_PER_SECOND + this.nanoseconds;
    this.#nextAt = this.start + this.capturedBytes;
    return true;
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
    let last = -1;
    while (at + RECORD_HEADER_BYTES <= view.byteLength) {
      const capturedBytes = view.getUint32(at + AT.capturedBytes, little);
      if (capturedBytes > MOST_CAPTURED_BYTES) {
        this.problem = `a record claims ${capturedBytes} bytes`;
        break;
      }
      const end = at + RECORD_HEADER_BYTES + capturedBytes;
      if (end > view.byteLength) break;
      last = at;
      at = end;
      this.count++;
    }
    if (last >= 0) {
      const seconds = view.getUint32(last + AT.seconds, little);
      this.lastNs = (seconds - this.#baseSeconds) * NS_PER_SECOND + view.getUint32(last + AT.nanoseconds, little);
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
