/**
 * Comments for packets that are already in a file, and for the file: that a packet is lost is known when it has not come for a
 * while, and by then it has been written.
 *
 * For blocks of our own making (write-packet.ts), whose lengths are believed and whose order is little-endian.
 *
 * Source: draft-ietf-opsawg-pcapng sections 3.5, 4.1 and 4.3.
 *
 * @module
 */

import { BLOCK, BODY, FRAME_BYTES } from './pcapng-layout.ts';
import { OPTION, OPTION_HEADER_BYTES, padded } from './pcapng-options.ts';
import { optionBytes, textValue } from './write-block.ts';
import { type BlockBuffer, PACKET_AT, PACKET_HEAD_BYTES } from './write-packet.ts';

/**
 * What is to be said about a packet; most often nothing.
 *
 * @param ticksHigh The upper word of its time in nanoseconds.
 * @param ordinal Which packet of the interface in the file, from 1.
 */
export type CommentsOf = (
  interfaceId: number,
  ticksHigh: number,
  ticksLow: number,
  ordinal: number,
) => readonly string[];

/** Of a section's body, before its options: magic, version, length. */
const SECTION_HEAD_BYTES = 16;

/** Goes through a file piece by piece, and counts the packets of each interface. */
export class CommentAdder {
  /** How many packets got one. */
  commented = 0;
  readonly #commentsOf: CommentsOf;
  readonly #ofFile: string | undefined;
  readonly #ordinals: number[] = [];

  /** @param ofFile In the place of what the file says of itself: Wireshark shows one comment of a file. */
  constructor(commentsOf: CommentsOf, ofFile?: string) {
    this.#commentsOf = commentsOf;
    this.#ofFile = ofFile;
  }

  /**
   * Take the blocks that are complete.
   *
   * @param write Given what the new file holds in their place, in order; valid during the call only.
   * @returns Where the last one ends: what follows is to come again, with more behind it.
   */
  take({ bytes, view }: BlockBuffer, end: number, write: (bytes: Uint8Array) => void): number {
    let at = 0;
    let unchangedFrom = 0;
    while (at + FRAME_BYTES <= end) {
      const next = at + view.getUint32(at + 4, true);
      if (next > end || next === at) break;
      const commented = this.#commented(bytes.subarray(at, next), view.getUint32(at, true), view, at);
      if (commented !== undefined) {
        write(bytes.subarray(unchangedFrom, at));
        write(commented);
        unchangedFrom = next;
      }
      at = next;
    }
    write(bytes.subarray(unchangedFrom, at));
    return at;
  }

  /** The block in its place; `undefined`: it stays. */
  #commented(block: Uint8Array, type: number, view: DataView, at: number): Uint8Array | undefined {
    if (type === BLOCK.section && this.#ofFile !== undefined) return commentedSection(block, this.#ofFile);
    const comments = type === BLOCK.enhancedPacket ? this.#commentsAt(view, at) : [];
    if (comments.length === 0) return undefined;
    this.commented++;
    return commentedPacket(block, comments);
  }

  #commentsAt(view: DataView, at: number): readonly string[] {
    const body = at + BODY;
    const interfaceId = view.getUint32(body + PACKET_AT.interfaceId, true);
    const ordinal = (this.#ordinals[interfaceId] ?? 0) + 1;
    this.#ordinals[interfaceId] = ordinal;
    const ticks = body + PACKET_AT.ticks;
    return this.#commentsOf(interfaceId, view.getUint32(ticks, true), view.getUint32(ticks + 4, true), ordinal);
  }
}

function commentedPacket(block: Uint8Array, comments: readonly string[]): Uint8Array {
  const capturedBytes = new DataView(block.buffer, block.byteOffset).getUint32(BODY + PACKET_AT.captured, true);
  const optionsAt = BODY + PACKET_HEAD_BYTES + padded(capturedBytes);
  return withComments(block, optionsAt, optionsAt, comments);
}

/** Its own comments are the first of its options. */
function commentedSection(block: Uint8Array, comment: string): Uint8Array {
  const view = new DataView(block.buffer, block.byteOffset);
  const optionsAt = BODY + SECTION_HEAD_BYTES;
  let at = optionsAt;
  while (at + OPTION_HEADER_BYTES < block.length && view.getUint16(at, true) === OPTION.comment) {
    at += OPTION_HEADER_BYTES + padded(view.getUint16(at + 2, true));
  }
  return withComments(block, optionsAt, at, [comment]);
}

/** The comments in the place of those options, and before the others, which end themselves. */
function withComments(block: Uint8Array, from: number, to: number, comments: readonly string[]): Uint8Array {
  const added = comments.map((comment) => optionBytes(OPTION.comment, textValue(comment)));
  const totalBytes = block.length - (to - from) + added.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(totalBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(block.subarray(0, from));
  let at = from;
  for (const option of added) {
    bytes.set(option, at);
    at += option.length;
  }
  bytes.set(block.subarray(to), at);
  view.setUint32(4, totalBytes, true);
  view.setUint32(totalBytes - 4, totalBytes, true);
  return bytes;
}
