/**
 * Frames to findings, through every observer, as a capture of them would be analysed.
 *
 * @module
 */

import type { Finding } from '../../src/postmortem/finding.ts';
import { observersOf } from '../../src/postmortem/observers/all.ts';
import type { CaptureInterface } from '../../src/wire/capture-file/interface.ts';
import type { CaptureProblem } from '../../src/wire/capture-file/problem.ts';
import { dissect } from '../../src/wire/dissect.ts';
import { PacketFields } from '../../src/wire/fields.ts';
import { LINK_TYPE } from '../../src/wire/link-type.ts';

/** A frame, and when it came; before it nothing but what the last one said. */
export interface Seen {
  readonly frame: Uint8Array;
  /** Seconds from the beginning. */
  readonly at: number;
  readonly interfaceId?: number;
  readonly originalBytes?: number;
}

export interface Circumstances {
  readonly linkType?: number;
  readonly interfaces?: readonly CaptureInterface[];
  readonly problem?: CaptureProblem;
  /** How long the capture went on, in seconds from the beginning. */
  readonly until?: number;
}

const SEED = 4711;
const BEGIN_SECONDS = 1_700_000_000;

export function observe(seen: readonly Seen[], circumstances: Circumstances = {}): readonly Finding[] {
  const { linkType = LINK_TYPE.ethernet, interfaces = [], problem, until } = circumstances;
  const observer = observersOf(0, SEED, { isNextSegment: false, isFirstSent: false });
  const fields = new PacketFields();
  let last = 0;
  for (const [index, { frame, at, interfaceId = 0, originalBytes = frame.length }] of seen.entries()) {
    fields.bytes = frame;
    fields.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    fields.start = 0;
    fields.capturedBytes = frame.length;
    fields.originalBytes = originalBytes;
    fields.seconds = BEGIN_SECONDS + Math.floor(at);
    fields.nanoseconds = Math.round((at % 1) * 1e9);
    dissect(fields, linkType);
    observer.see(fields, index + 1, interfaceId);
    last = at;
  }
  const lastNs = BigInt(BEGIN_SECONDS) * 1_000_000_000n + BigInt(Math.round((until ?? last) * 1e9));
  const summary = { format: 'pcap', packets: seen.length, bytes: 0, problem } as const;
  return observer.conclude({ summary, interfaces, lastNs });
}
