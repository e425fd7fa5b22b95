/**
 * Frames kept as numbers, three words each, until one has to be shown.
 *
 * @module
 */

import type { PacketFields } from '../wire/fields.ts';
import type { Frame } from './frame.ts';

export const FRAME_WORDS = 3;
/** A finding shows so many; the rest is counted. */
export const SHOWN_FRAMES = 3;

export function writeFrame(words: Int32Array, at: number, number: number, fields: PacketFields): void {
  words[at] = number;
  words[at + 1] = fields.seconds;
  words[at + 2] = fields.nanoseconds;
}

/** Write it behind those that are there already (`count` of them), unless enough are. */
export function keepFrame(words: Int32Array, at: number, count: number, number: number, fields: PacketFields): void {
  if (count < SHOWN_FRAMES) writeFrame(words, at + count * FRAME_WORDS, number, fields);
}

export function readFrame(capture: number, words: Int32Array, at: number): Frame {
  const [number = 0, seconds = 0, nanoseconds = 0] = words.subarray(at, at + FRAME_WORDS);
  return { capture, number, timestampNs: BigInt(seconds >>> 0) * 1_000_000_000n + BigInt(nanoseconds) };
}

/** Those that `keepFrame()` kept. @param count How many there were, at least one. */
export function readFrames(capture: number, words: Int32Array, at: number, count: number): [Frame, ...Frame[]] {
  const kept = Math.min(count, SHOWN_FRAMES);
  const frames: [Frame, ...Frame[]] = [readFrame(capture, words, at)];
  for (let index = 1; index < kept; index++) frames.push(readFrame(capture, words, at + index * FRAME_WORDS));
  return frames;
}

/** The frame that is being seen. */
export function frameOf(capture: number, number: number, { seconds, nanoseconds }: PacketFields): Frame {
  return { capture, number, timestampNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds) };
}

/** How long the one came after the other, in seconds. */
export function secondsBetween(words: Int32Array, at: number, seconds: number, nanoseconds: number): number {
  return seconds - ((words[at + 1] ?? 0) >>> 0) + (nanoseconds - (words[at + 2] ?? 0)) / 1e9;
}
