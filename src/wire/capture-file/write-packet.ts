/**
 * The enhanced packet block, in two ways: `writePacket()` for the path that every packet of a flood takes, which writes into a
 * given buffer (70 ns a packet), and `packetBlock()` for the packet that there is something to say about.
 *
 *     0        4        8        12          20         24         28
 *     +--------+--------+--------+-----------+----------+----------+---------------+-----------+--------+
 *     |  type  | length |interf. |   ticks   | captured | original | packet, padded|  options  | length |
 *     +--------+--------+--------+-----------+----------+----------+---------------+-----------+--------+
 *
 * Source: draft-ietf-opsawg-pcapng section 4.3.
 *
 * @module
 */

import type { PacketOptions } from './packet-options.ts';
import { BLOCK, BODY, FRAME_BYTES } from './pcapng-layout.ts';
import { OPTION, OPTION_HEADER_BYTES, padded } from './pcapng-options.ts';
import { writeTicks } from './pcapng-ticks.ts';
import { block, countValue, textOption, words } from './write-block.ts';
import type { Moment } from './write-pcapng.ts';

/** Where blocks are written to, or packets are read from. */
export interface BlockBuffer {
  readonly bytes: Uint8Array;
  /** Of the same bytes. */
  readonly view: DataView;
}

export type Direction = PacketOptions['direction'];

export interface PacketToWrite extends Moment {
  readonly interfaceId: number;
  readonly bytes: Uint8Array;
  readonly originalBytes: number;
  readonly direction?: Direction;
  /** Packets lost between the one before and this one. */
  readonly droppedBefore?: number | bigint | undefined;
  readonly comments?: readonly string[];
}

export const PACKET_HEAD_BYTES = 20;
export const PACKET_AT = { interfaceId: 0, ticks: 4, captured: 12, original: 16 } as const;
/** epb_flags, and the end of the options. */
const FLAGS_BYTES = 12;
const FLAGS_VALUE_BYTES = 4;
/** epb_flags, bits 0 and 1. */
const DIRECTION_FLAG = { in: 1, out: 2 } as const;

/** Fewer bytes are sooner copied word by word than by `set()`, which takes a view made for it. */
const MOST_BY_HAND_BYTES = 256;

/** How much room `writePacket()` takes. */
export function packetBlockBytes(capturedBytes: number): number {
  return FRAME_BYTES + PACKET_HEAD_BYTES + padded(capturedBytes) + FLAGS_BYTES;
}

/**
 * Write one block at `at`; there must be `packetBlockBytes(capturedBytes)` of room.
 *
 * @param source What the packet lies in, from `start` on.
 * @returns Where the block ends.
 */
export function writePacket(
  { bytes, view }: BlockBuffer,
  at: number,
  interfaceId: number,
  seconds: number,
  nanoseconds: number,
  source: BlockBuffer,
  start: number,
  capturedBytes: number,
  originalBytes: number,
  direction: Direction,
): number {
  const totalBytes = packetBlockBytes(capturedBytes);
  const body = at + BODY;
  view.setUint32(at, BLOCK.enhancedPacket, true);
  view.setUint32(at + 4, totalBytes, true);
  view.setUint32(body + PACKET_AT.interfaceId, interfaceId, true);
  writeTicks(view, body + PACKET_AT.ticks, seconds, nanoseconds);
  view.setUint32(body + PACKET_AT.captured, capturedBytes, true);
  view.setUint32(body + PACKET_AT.original, originalBytes, true);
  const packet = body + PACKET_HEAD_BYTES;
  const options = packet + padded(capturedBytes);
  // The padding, which is a part of the last word; the buffer has been used before.
  if (capturedBytes > 0) view.setUint32(options - 4, 0, true);
  if (capturedBytes > MOST_BY_HAND_BYTES) bytes.set(source.bytes.subarray(start, start + capturedBytes), packet);
  else copyWords(source.view, start, capturedBytes, view, packet);
  view.setUint16(options, OPTION.packetFlags, true);
  view.setUint16(options + 2, FLAGS_VALUE_BYTES, true);
  view.setUint32(options + OPTION_HEADER_BYTES, flagsOf(direction), true);
  view.setUint32(options + OPTION_HEADER_BYTES + FLAGS_VALUE_BYTES, 0, true);
  view.setUint32(at + totalBytes - 4, totalBytes, true);
  return at + totalBytes;
}

function copyWords(source: DataView, start: number, lengthBytes: number, target: DataView, begin: number): void {
  let at = 0;
  for (; at + 4 <= lengthBytes; at += 4) target.setInt32(begin + at, source.getInt32(start + at));
  for (; at < lengthBytes; at++) target.setUint8(begin + at, source.getUint8(start + at));
}

/** The same with comments and a count of drops, as bytes of its own. */
export function packetBlock(to: PacketToWrite): Uint8Array {
  const body = new Uint8Array(PACKET_HEAD_BYTES + to.bytes.length);
  const view = new DataView(body.buffer);
  view.setUint32(PACKET_AT.interfaceId, to.interfaceId, true);
  writeTicks(view, PACKET_AT.ticks, to.seconds, to.nanoseconds);
  view.setUint32(PACKET_AT.captured, to.bytes.length, true);
  view.setUint32(PACKET_AT.original, to.originalBytes, true);
  body.set(to.bytes, PACKET_HEAD_BYTES);
  return block(BLOCK.enhancedPacket, body, [
    ...(to.comments ?? []).map((comment) => textOption(OPTION.comment, comment)),
    [OPTION.packetFlags, words(flagsOf(to.direction))],
    [OPTION.packetDropCount, countValue(to.droppedBefore)],
  ]);
}

function flagsOf(direction: Direction): number {
  return direction === undefined ? 0 : DIRECTION_FLAG[direction];
}
