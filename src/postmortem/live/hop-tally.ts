/**
 * What became of all packets from each place to the next: counts, never the packets.
 *
 * @module
 */

import type { FollowedPacket } from './followed-packet.ts';
import type { Layout, LiveFate } from './journey.ts';

/** From one place to the next. */
export interface HopCount {
  readonly from: number;
  readonly to: number;
  passed: number;
  rewritten: number;
  leastNs: number;
  mostNs: number;
}

type Hop = HopCount & { readonly delays: Uint32Array };

/** A delay is put into a class of a fourth of its power of two: the median is right to 19 %. */
const CLASSES_A_DOUBLING = 4;
const MOST_CLASSES = 40 * CLASSES_A_DOUBLING;

export interface HopTallyOptions extends Layout {
  /** Of several points at one place, the one that stands for all. */
  readonly hopOf: (point: number) => number;
}

export class HopTally {
  readonly #options: HopTallyOptions;
  readonly #hops = new Map<number, Hop>();
  /** By the place that it leads to, the one that was counted last: most often it is the next one, too. */
  readonly #last: (Hop | undefined)[] = [];
  /** Packets, by how they ended. */
  readonly fates: Record<LiveFate['kind'], number> = { arrived: 0, left: 0, group: 0, lost: 0, unknown: 0 };

  constructor(options: HopTallyOptions) {
    this.#options = options;
  }

  add(packet: FollowedPacket, fate: LiveFate['kind']): void {
    this.fates[fate]++;
    const { isBeside, hopOf, branchedFrom } = this.#options;
    const { points, timesNs, changes, isGroup } = packet;
    let last = -1;
    for (let hop = 0; hop < points.length; hop++) {
      const point = points[hop] ?? 0;
      if (isBeside(point)) continue;
      const before = isGroup ? (branchedFrom(points, hop) ?? -1) : last;
      if (before >= 0) {
        const count = this.#hop(hopOf(points[before] ?? 0), hopOf(point));
        const delayNs = (timesNs[hop] ?? 0) - (timesNs[before] ?? 0);
        count.passed++;
        if (delayNs < count.leastNs) count.leastNs = delayNs;
        if (delayNs > count.mostNs) count.mostNs = delayNs;
        const at = classOf(delayNs);
        count.delays[at] = (count.delays[at] ?? 0) + 1;
        if (changes?.some((change) => change.kind === 'rewritten' && change.hop === hop)) count.rewritten++;
      }
      last = hop;
    }
  }

  /** With the median delay; `undefined` where nothing passed. */
  get hops(): readonly (HopCount & { readonly medianNs: number | undefined })[] {
    return [...this.#hops.values()].map((count) => ({ ...count, medianNs: medianOf(count) }));
  }

  #hop(from: number, to: number): Hop {
    const last = this.#last[to];
    if (last?.from === from) return last;
    const key = from * 0x10_0000 + to;
    let found = this.#hops.get(key);
    if (found === undefined) {
      const none = { passed: 0, rewritten: 0, leastNs: Number.POSITIVE_INFINITY, mostNs: 0 };
      found = { from, to, ...none, delays: new Uint32Array(MOST_CLASSES) };
      this.#hops.set(key, found);
    }
    this.#last[to] = found;
    return found;
  }
}

function classOf(delayNs: number): number {
  return Math.min(MOST_CLASSES - 1, Math.floor(Math.log2(Math.max(1, delayNs)) * CLASSES_A_DOUBLING));
}

function medianOf({ passed, delays, leastNs, mostNs }: Hop): number | undefined {
  if (passed === 0) return undefined;
  let left = passed / 2;
  for (const [at, count] of delays.entries()) {
    left -= count;
    // The middle of the class, and never beyond what was seen.
    if (left <= 0) return Math.min(mostNs, Math.max(leastNs, 2 ** ((at + 0.5) / CLASSES_A_DOUBLING)));
  }
  return mostNs;
}
