/**
 * One captured packet as a person finds it again: the file, its number there (from 1, as Wireshark counts), the time.
 *
 * @module
 */

export interface Frame {
  /** Index of the capture among those that are analysed together. */
  readonly capture: number;
  readonly number: number;
  /** Of the capture's clock, since 1970. */
  readonly timestampNs: bigint;
}
