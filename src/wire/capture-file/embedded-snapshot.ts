/**
 * The host snapshot inside a capture: custom options of the section header, so that who opens the file later knows the topology.
 *
 *     0               4                               16      18      20
 *     +---------------+-------------------------------+-------+-------+-------------------------------+
 *     |  enterprise   |          "nsdiag.snap1"       | part  |  of   |  compressed bytes ...         |
 *     +---------------+-------------------------------+-------+-------+-------------------------------+
 *
 * The bytes are what `nsdiag snapshot` prints, compressed with gzip by whoever has it: this file computes only. An option holds
 * 65,535 bytes, so there are as many as it takes, numbered from 1. README.md says why here and not in a block or a comment.
 *
 * Limit: what does not fit (900 KiB compressed, some 20 MB of text) is not embedded, and the caller is told.
 *
 * Source: draft-ietf-opsawg-pcapng section 3.5.1 (custom options); RFC 5612 (the enterprise number that belongs to nobody).
 *
 * @module
 */

import { MOST_OPTION_BYTES, OPTION } from './pcapng-options.ts';
import type { OptionToWrite } from './write-block.ts';

/** Reserved for examples: nsdiag has no number of its own, and with the marker nothing else is mistaken for it. */
const ENTERPRISE = 32_473;
const MARKER = new TextEncoder().encode('nsdiag.snap1');
const PART_AT = MARKER.length;
const OF_AT = PART_AT + 2;
const DATA_AT = OF_AT + 2;
const MOST_PART_BYTES = MOST_OPTION_BYTES - 4 - DATA_AT;
/** libpcap refuses a section header of 1 MiB (BT_SHB_INSANE_MAX), which has more to say than this. */
export const MOST_SNAPSHOT_BYTES = 900 * 1024;

/** @param compressed gzip. @returns For the section header; `undefined` when it does not fit into one. */
export function snapshotOptions(compressed: Uint8Array): readonly OptionToWrite[] | undefined {
  if (compressed.length > MOST_SNAPSHOT_BYTES) return undefined;
  const parts = Math.max(1, Math.ceil(compressed.length / MOST_PART_BYTES));
  return Array.from({ length: parts }, (_, index) => {
    const data = compressed.subarray(index * MOST_PART_BYTES, (index + 1) * MOST_PART_BYTES);
    const value = new Uint8Array(4 + DATA_AT + data.length);
    const view = new DataView(value.buffer);
    view.setUint32(0, ENTERPRISE, true);
    value.set(MARKER, 4);
    view.setUint16(4 + PART_AT, index + 1, true);
    view.setUint16(4 + OF_AT, parts, true);
    value.set(data, 4 + DATA_AT);
    return [OPTION.customBinary, value];
  });
}

/** Puts together what the reader tells of custom options; a file made of several captures has several snapshots. */
export class SnapshotFinder {
  /** gzip, each; a part missing, it is not here. Copies: they outlive the reader's buffer. */
  readonly found: Uint8Array[] = [];
  #parts: Uint8Array[] = [];

  /** What `CaptureEvents.sectionOption` tells. */
  readonly take = (enterprise: number, data: Uint8Array): void => {
    if (enterprise !== ENTERPRISE || data.length < DATA_AT) return;
    if (!MARKER.every((byte, index) => data[index] === byte)) return;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    // Written by us, in our order, whatever the order of the file that it was copied into.
    const part = view.getUint16(PART_AT, true);
    const of = view.getUint16(OF_AT, true);
    if (part === 1) this.#parts = [];
    if (part !== this.#parts.length + 1) return;
    this.#parts.push(data.slice(DATA_AT));
    if (part === of) this.found.push(joined(this.#parts));
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
