/**
 * What a pcapng file says about one packet besides its bytes.
 *
 * @module
 */

export interface PacketOptions {
  readonly comments: readonly string[];
  /** epb_flags, bits 0 and 1. */
  readonly direction: 'in' | 'out' | undefined;
  /** epb_dropcount: packets lost between the one before and this one. */
  readonly droppedBefore: bigint | undefined;
}

export const NO_PACKET_OPTIONS: PacketOptions = { comments: [], direction: undefined, droppedBefore: undefined };
