/**
 * Classic capture files with nanoseconds, for tools that read nothing else: one link type a file, no names, no comments.
 *
 * Source: draft-ietf-opsawg-pcap.
 *
 * @module
 */

import type { BlockBuffer } from './write-packet.ts';

const NANOSECOND_MAGIC = 0xa1b23c4d;
const VERSION = [2, 4] as const;
const RECORD_BYTES = 16;
const CAPTURED_AT = 8;

/** @param snapLengthBytes 0, no limit, is written as the most that libpcap takes. */
export function pcapHeader(linkType: number, snapLengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, NANOSECOND_MAGIC, true);
  view.setUint16(4, VERSION[0], true);
  view.setUint16(6, VERSION[1], true);
  view.setUint32(16, snapLengthBytes === 0 ? MOST_PACKET_BYTES : snapLengthBytes, true);
  view.setUint32(20, linkType, true);
  return bytes;
}

/** libpcap's MAXIMUM_SNAPLEN. */
const MOST_PACKET_BYTES = 262_144;

/** How much room `writeRecord()` takes. */
export function pcapRecordBytes(capturedBytes: number): number {
  return RECORD_BYTES + capturedBytes;
}

/** Write one record at `at`. @returns Where it ends. */
export function writeRecord(
  { bytes, view }: BlockBuffer,
  at: number,
  seconds: number,
  nanoseconds: number,
  source: Uint8Array,
  start: number,
  capturedBytes: number,
  originalBytes: number,
): number {
  view.setUint32(at, seconds, true);
  view.setUint32(at + 4, nanoseconds, true);
  view.setUint32(at + CAPTURED_AT, capturedBytes, true);
  view.setUint32(at + 12, originalBytes, true);
  bytes.set(source.subarray(start, start + capturedBytes), at + RECORD_BYTES);
  return at + RECORD_BYTES + capturedBytes;
}

/** How much of records that we wrote is whole: where a file must end when its disk is full. */
export function wholeRecords(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = 0;
  while (end + RECORD_BYTES <= bytes.length) {
    const next = end + RECORD_BYTES + view.getUint32(end + CAPTURED_AT, true);
    if (next > bytes.length) break;
    end = next;
  }
  return end;
}
