/**
 * Captures that are made to cost whoever reads them more than they should: time that grows faster than the file, or
 * memory that grows with it.
 *
 * @module
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { CaptureWriter } from './big-capture/capture-writer.ts';
import { Random } from './big-capture/random.ts';

const FRAME_BYTES = 54;
const BEGIN_MICROSECONDS = 1_795_309_200_000_000;
const MEGABYTE = 1024 * 1024;

/** SYN after SYN, each of another client, and no answer: as many flows as packets. */
export function writeFlood(path: string, packets: number): void {
  const random = new Random(1);
  const writer = new CaptureWriter(path, 'pcap');
  const { bytes, view } = writer;
  for (let packet = 0; packet < packets; packet++) {
    const at = writer.frameAt();
    bytes.fill(0, at, at + FRAME_BYTES);
    view.setUint16(at + 12, 0x0800);
    view.setUint32(at + 14, 0x4500_0028);
    view.setUint32(at + 22, 0x4006_0000);
    view.setUint32(at + 26, packet);
    view.setUint32(at + 30, 0x0a00_0001);
    view.setUint16(at + 34, random.below(65_536));
    view.setUint16(at + 36, 80);
    view.setUint32(at + 38, packet);
    view.setUint16(at + 46, 0x5002);
    view.setUint16(at + 48, 1024);
    writer.commit(FRAME_BYTES, BEGIN_MICROSECONDS + packet);
  }
  writer.close();
}

/** One packet that claims two thousand million bytes, and some of them. */
export function writeLie(path: string, megabytes: number): void {
  const file = openSync(path, 'w');
  const head = Buffer.from('d4c3b2a1020004000000000000000000ffff0000010000000100000001000000ffffff7fffffff7f', 'hex');
  writeSync(file, head);
  for (let written = 0; written < megabytes; written++) writeSync(file, Buffer.alloc(MEGABYTE));
  closeSync(file);
}

/** A block that nobody knows, a thousand times as long as the file that it is packed into. */
export function writeBomb(path: string, megabytes: number): void {
  const head = Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff1c00000063000000f0ffffff', 'hex');
  const zeros = gzipSync(Buffer.alloc(64 * MEGABYTE));
  const file = openSync(path, 'w');
  writeSync(file, gzipSync(head));
  for (let written = 0; written < megabytes; written += 64) writeSync(file, zeros);
  closeSync(file);
}
