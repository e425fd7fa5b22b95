/**
 * Who looks at every packet of a capture for one kind of trouble.
 *
 * Millions of packets pass: an observer keeps what it needs in numbers and typed arrays, makes no object, string or
 * BigInt for a packet that is in order, and bounds what it keeps (`Limits`), saying so when the bound was met.
 *
 * @module
 */

import type { CaptureInterface } from '../wire/capture-file/interface.ts';
import type { CaptureSummary } from '../wire/capture-file/reader.ts';
import type { PacketFields } from '../wire/fields.ts';
import type { Finding } from './finding.ts';
import type { FindingCode } from './finding-code.ts';

/** What is known of a capture when it has ended. */
export interface EndOfCapture {
  readonly summary: CaptureSummary;
  readonly interfaces: readonly CaptureInterface[];
  /** `undefined`: no packet. In nanoseconds since 1970, by the capture's clock. */
  readonly lastNs: bigint | undefined;
}

/** How many packets were of more hosts, pairs or questions than are remembered, and what is not said of those. */
export interface Missed {
  readonly code: FindingCode;
  readonly packets: number;
}

export interface Observer {
  /**
   * @param fields Of the packet; valid during the call only.
   * @param number The packet's, in its capture, from 1.
   * @param interfaceId Where it was captured: index into the interfaces of the capture.
   */
  see(fields: PacketFields, number: number, interfaceId: number): void;
  /**
   * From now on it has no use for a packet that is no sample (samples.ts) and the next segment of a TCP connection in which
   * all is quiet. Where nobody has, such a packet is counted, and not dissected.
   */
  readonly passesOver?: boolean;
  /** When the capture has ended. */
  conclude(end: EndOfCapture): readonly Finding[];
  /** Where its bound was met; when the capture has ended. */
  missed?(): readonly Missed[];
}
