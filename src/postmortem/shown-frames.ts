/**
 * The frames that findings show, in a second look at their capture: the bytes of each.
 *
 * @module
 */

import type { PacketFields } from '../wire/fields.ts';
import type { Finding } from './finding.ts';
import type { Observer } from './observer.ts';

/** Headers, and what a person looks at of the rest. */
const MOST_BYTES = 256;

export interface ShownFrame {
  readonly interfaceId: number;
  /** The beginning of what was captured. */
  readonly bytes: Uint8Array;
  readonly capturedBytes: number;
  readonly originalBytes: number;
}

export class ShownFrames implements Observer {
  /** By number; those that were wanted and seen. */
  readonly seen = new Map<number, ShownFrame>();
  readonly #wanted: ReadonlySet<number>;

  constructor(wanted: ReadonlySet<number>) {
    this.#wanted = wanted;
  }

  see({ bytes, start, capturedBytes, originalBytes }: PacketFields, number: number, interfaceId: number): void {
    if (!this.#wanted.has(number)) return;
    const end = start + Math.min(capturedBytes, MOST_BYTES);
    this.seen.set(number, { interfaceId, bytes: bytes.slice(start, end), capturedBytes, originalBytes });
  }

  conclude(): readonly Finding[] {
    return [];
  }
}
