/**
 * What a reader of captures tells while it reads.
 *
 * @module
 */

/**
 * A packet. Numbers, because one object each would take longer than everything else that is done with it.
 *
 * @param bytes The reader's buffer; valid during the call only.
 * @param start Where in it the packet begins.
 * @param capturedBytes How much of the packet is there.
 * @param originalBytes How long it was.
 * @param seconds Since 1970, or by the clock of whoever captured; with `nanoseconds` (0 to 999,999,999) the time.
 * @param interfaceId Index into the reader's `interfaces`.
 */
export type OnPacket = (
  bytes: Uint8Array,
  start: number,
  capturedBytes: number,
  originalBytes: number,
  seconds: number,
  nanoseconds: number,
  interfaceId: number,
) => void;

export interface CaptureEvents {
  readonly packet: OnPacket;
  /** A name that the file resolves an address to (NRB). */
  readonly name?: (address: Uint8Array, name: string) => void;
  /** A custom block: the private enterprise number, and its data, valid during the call only. */
  readonly custom?: (enterprise: number, data: Uint8Array) => void;
  /** A custom option (binary, to be copied) of a section header, told like a custom block. */
  readonly sectionOption?: (enterprise: number, data: Uint8Array) => void;
}
