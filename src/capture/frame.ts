/**
 * A packet as a capture holds it.
 *
 * @module
 */

export interface Frame {
  /** Since the epoch; the kernel's stamp, at the moment when it showed the packet to the capture. */
  readonly timestampNs: bigint;
  /** From the link header on, as far as the snap length lets. */
  readonly bytes: Uint8Array;
  /** How long it really was. */
  readonly lengthBytes: number;
}
