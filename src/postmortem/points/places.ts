/**
 * Capture points as a person knows them.
 *
 * @module
 */

/** What one file, or one interface of it, holds. */
export interface Part {
  /** Index of the capture among those that are analysed together. */
  readonly capture: number;
  readonly file: string;
  /** As the capture names it: a device, or the file where it names none. */
  readonly name: string;
  readonly linkType: number;
  /** The interface as the file names it; `undefined` where it does not. */
  readonly interfaceName: string | undefined;
  /** Packets that the capture itself lost, by its own account; `undefined` where it gives none. */
  readonly dropped: number | undefined;
}

/** Where packets were captured: one part, or several that are slices of one capture. */
export interface CapturePoint {
  readonly name: string;
  /** Indexes of its parts, in the order of time. */
  readonly parts: readonly number[];
  /** Of its parts, as they were named. */
  readonly files: readonly string[];
  readonly packets: number;
  readonly dropped: number | undefined;
  /** Of the first and the last packet, by the clock of the first point; `undefined`: there is none. */
  readonly firstNs: number | undefined;
  readonly lastNs: number | undefined;
}
