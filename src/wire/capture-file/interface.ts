/**
 * Where the packets of a file were captured: a section's interface of a pcapng, or all of a classic file.
 *
 * @module
 */

export interface CaptureInterface {
  /** See LINK_TYPE. */
  readonly linkType: number;
  /** 0: no limit. */
  readonly snapLengthBytes: number;
  /** if_name: `eth0`, or what another program wrote there. */
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** if_filter: the capture filter, as a person wrote it. */
  readonly filter: string | undefined;
  /** if_tsresol: a tick is 10^-n or 2^-n seconds. */
  readonly resolution: { readonly base: 2 | 10; readonly exponent: number };
  /** if_tsoffset: added to every time stamp. */
  readonly offsetSeconds: number;
  /** The section it belongs to, from 0. */
  readonly section: number;
  /** Its number within the section: what EPB and ISB name. */
  readonly index: number;
  /** The last statistics about it; `undefined` where the file has none. */
  statistics: InterfaceStatistics | undefined;
  /** Packets that the blocks of packets say were lost before them (epb_dropcount), all together. */
  droppedBefore: bigint;
}

/** isb_*: what the capture counted about itself. `undefined` where it did not. */
export interface InterfaceStatistics {
  readonly received: bigint | undefined;
  /** By the interface. */
  readonly dropped: bigint | undefined;
  /** By the operating system. */
  readonly droppedBySystem: bigint | undefined;
  readonly delivered: bigint | undefined;
}

/** What the capture itself lost there, by its own account; `undefined`: it gives none. Two accounts are of the same loss. */
export function droppedBy({ statistics, droppedBefore }: CaptureInterface): bigint | undefined {
  const { dropped, droppedBySystem } = statistics ?? {};
  const isCounted = dropped !== undefined || droppedBySystem !== undefined;
  if (!isCounted && droppedBefore === 0n) return undefined;
  const counted = (dropped ?? 0n) + (droppedBySystem ?? 0n);
  return counted > droppedBefore ? counted : droppedBefore;
}
