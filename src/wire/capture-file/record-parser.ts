/**
 * What the reader asks of a format: to take the records that are complete, and to say how much more it takes.
 *
 * @module
 */

import type { CaptureInterface } from './interface.ts';
import type { PacketOptions } from './packet-options.ts';
import type { CaptureProblem } from './problem.ts';

/** The buffer, which lives until it has to grow. */
export interface Window {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the first byte of the buffer lies in the file. */
  readonly fileOffset: number;
}

export interface RecordParser {
  readonly interfaces: readonly CaptureInterface[];
  readonly packets: number;
  /** Set when nothing after it can be read. */
  readonly problem: CaptureProblem | undefined;
  /** From where `parse` stopped, the record is complete with so many bytes. At least 1. */
  readonly needBytes: number;
  /** From where `parse` stopped, so many bytes are of no interest, and may pass without being kept. */
  readonly skipBytes: number;
  /** Take every complete record between `start` and `end`. @returns where it stopped. */
  parse(window: Window, start: number, end: number): number;
  /** The file ends, `leftBytes` after where `parse` stopped. */
  cut(leftBytes: number, offset: number): CaptureProblem | undefined;
  /** Of the packet being told. */
  packetOptions(): PacketOptions;
}
