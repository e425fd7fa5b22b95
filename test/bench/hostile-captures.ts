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
  writeSyns(path, packets, (packet) => ({ source: packet, port: random.below(65_536) }));
}

/**
 * SYN after SYN of so many clients in turn, all of which FlowTable's hash without a seed (see `directedHash()`) takes for
 * one: what a port more adds to it, the address takes away.
 */
export function writeCollisions(path: string, packets: number, clients: number): void {
  const step = Math.imul(PORTS_FACTOR << 16, inverseOf(SOURCE_FACTOR));
  writeSyns(path, packets, (packet) => {
    const client = packet % clients;
    return { source: (0x0a00_0002 - Math.imul(client, step)) >>> 0, port: 1000 + client };
  });
}

/** The odd factors of `directedHash()`: if it takes others, these packets collide no more. */
const SOURCE_FACTOR = 0x9e37_79b1;
const PORTS_FACTOR = 0xc2b2_ae35;

/** Modulo 2^32, of an odd number: Newton's method, which doubles the bits that are right. */
function inverseOf(factor: number): number {
  let inverse = factor;
  for (let round = 0; round < 5; round++) inverse = Math.imul(inverse, 2 - Math.imul(factor, inverse));
  return inverse;
}

function writeSyns(path: string, packets: number, from: (packet: number) => { source: number; port: number }): void {
  const writer = new CaptureWriter(path, 'pcap');
  const { bytes, view } = writer;
  for (let packet = 0; packet < packets; packet++) {
    const { source, port } = from(packet);
    const at = writer.frameAt();
    bytes.fill(0, at, at + FRAME_BYTES);
    view.setUint16(at + 12, 0x0800);
    view.setUint32(at + 14, 0x4500_0028);
    view.setUint32(at + 22, 0x4006_0000);
    view.setUint32(at + 26, source);
    view.setUint32(at + 30, 0x0a00_0001);
    view.setUint16(at + 34, port);
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
