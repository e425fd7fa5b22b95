/**
 * capture-incomplete: what the capture itself lacks, so that nobody takes a hole in it for a loss on the network.
 *
 * @module
 */

import { type PacketFields, STOP } from '../../wire/fields.ts';
import type { Finding } from '../finding.ts';
import type { Frame } from '../frame.ts';
import type { Observer } from '../observer.ts';

/** Counts the packets that were cut by the snap length within their headers: no header, no verdict on it. */
export class CutPackets implements Observer {
  readonly #capture: number;
  #cut = 0;
  #first: Frame | undefined;

  constructor(capture: number) {
    this.#capture = capture;
  }

  see(fields: PacketFields, number: number): void {
    if (fields.stop !== STOP.cut || fields.capturedBytes >= fields.originalBytes) return;
    this.#cut++;
    this.#first ??= { capture: this.#capture, number, timestampNs: timestampOf(fields) };
  }

  conclude(): readonly Finding[] {
    if (this.#first === undefined) return [];
    return [
      {
        code: 'capture-incomplete',
        severity: 'warning',
        what: `${this.#cut} packets were cut within their headers by the snap length of the capture`,
        why: 'Ports, flags and sequence numbers of these packets are not in the file, so nothing is said about them',
        frames: [this.#first],
        count: this.#cut,
        likely: [],
        confirm: 'Capture again with a larger snap length: tcpdump -s 256',
        cannotTell: 'Which connections these packets belong to',
      },
    ];
  }
}

function timestampOf({ seconds, nanoseconds }: PacketFields): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds);
}
