/**
 * When the capture of a point began and ended, where that is later than its first packet says or earlier than others
 * believe: captures are started and stopped by hand, one after the other, and of the last second tcpdump often writes
 * nothing, for what the kernel has not yet handed over is gone when Ctrl-C ends it.
 *
 * What proves it is a packet that another point saw and that had to pass this one, before the first or behind the last
 * that it saw: what else it should have seen then is not lost. Without such a packet nobody can tell a capture that
 * ended from a way that broke, and the loss stands.
 *
 * Source: libpcap pcap-linux.c, TPACKET_V3 blocks, retired after the timeout of tcpdump, a second; test/live/analyze-tail.test.ts.
 *
 * @module
 */

import type { Hops, Missing } from './hops.ts';
import { alignedNs, type Matching } from './passages.ts';
import type { CapturePoint } from './places.ts';

export class Awake {
  readonly #matching: Matching;
  readonly #points: readonly CapturePoint[];
  readonly #beganLate = new Set<number>();
  readonly #endedEarly = new Set<number>();

  /** @param points By number, not in path order. */
  constructor(matching: Matching, hops: Hops, points: readonly CapturePoint[]) {
    this.#matching = matching;
    this.#points = points;
    for (const { record, from } of hops.appeared) {
      if (this.#isBefore(record, from)) this.#beganLate.add(from);
      else if (this.#isBehind(record, from)) this.#endedEarly.add(from);
    }
  }

  /** Whether the point of which it is missed did not capture at that time. */
  wasAsleep({ record, to }: Missing): boolean {
    return (
      (this.#beganLate.has(to) && this.#isBefore(record, to)) ||
      (this.#endedEarly.has(to) && this.#isBehind(record, to))
    );
  }

  #isBefore(record: number, point: number): boolean {
    const firstNs = this.#points[point]?.firstNs;
    return firstNs !== undefined && alignedNs(this.#matching, record) < firstNs;
  }

  #isBehind(record: number, point: number): boolean {
    const lastNs = this.#points[point]?.lastNs;
    return lastNs !== undefined && alignedNs(this.#matching, record) > lastNs;
  }
}
