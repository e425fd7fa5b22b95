/**
 * What is wrong with a capture file, and where.
 *
 * @module
 */

export interface CaptureProblem {
  /** A clause: "the file ends within a packet: 60 of 98 bytes are there". */
  readonly message: string;
  /** The number of the packet that could not be read, from 1. */
  readonly record: number;
  /** Of the record or block, in bytes from the beginning of the (decompressed) file. */
  readonly offset: number;
}
