/**
 * Comments for packets that are already in a file: that a packet is lost is known when it has not come for a while, and by then it
 * has been written.
 *
 * For blocks of our own making (write-packet.ts), whose lengths are believed and whose order is little-endian.
 *
 * Source: draft-ietf-opsawg-pcapng sections 3.5 and 4.3.
 *
 * @module
 */

import { BLOCK, BODY, FRAME_BYTES } from './pcapng-layout.ts';
import { OPTION, padded } from './pcapng-options.ts';
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

/** Goes through a file piece by piece, and counts the packets of each interface. */
export class CommentAdder {
  /** How many packets got one. */
  commented = 0;
  readonly #commentsOf: CommentsOf;
  readonly #ordinals: number[] = [];

  constructor(commentsOf: CommentsOf) {
    this.#commentsOf = commentsOf;
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
      const comments = view.getUint32(at, true) === BLOCK.enhancedPacket ? this.#commentsAt(view, at) : [];
      if (comments.length > 0) {
        this.commented++;
        write(bytes.subarray(unchangedFrom, at));
        write(commentedBlock(bytes.subarray(at, next), comments));
        unchangedFrom = next;
      }
      at = next;
    }
    write(bytes.subarray(unchangedFrom, at));
    return at;
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

/** The comments come before the other options, which end themselves. */
function commentedBlock(block: Uint8Array, comments: readonly string[]): Uint8Array {
  const capturedBytes = new DataView(block.buffer, block.byteOffset).getUint32(BODY + PACKET_AT.captured, true);
  const optionsAt = BODY + PACKET_HEAD_BYTES + padded(capturedBytes);
  const added = comments.map((comment) => optionBytes(OPTION.comment, textValue(comment)));
  const totalBytes = block.length + added.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(totalBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(block.subarray(0, optionsAt));
  let at = optionsAt;
  for (const option of added) {
    bytes.set(option, at);
    at += option.length;
  }
  bytes.set(block.subarray(optionsAt), at);
  view.setUint32(4, totalBytes, true);
  view.setUint32(totalBytes - 4, totalBytes, true);
  return bytes;
}
