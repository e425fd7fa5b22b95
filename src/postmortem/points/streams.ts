/**
 * Which flows are one another behind NAT. A *stream* is a flow and everything that it is translated to on its way.
 *
 * Learned from packets that match: when a packet of flow f at one point is a packet of flow g at another, and neither
 * flow is seen where the other is, then f is translated to g. The most packets win; packets that happen to be alike in
 * two flows that both pass untranslated teach nothing.
 *
 * @module
 */

import { NumberTable } from '../number-table.ts';
import type { SightingIndex } from './sighting-index.ts';

/** f at one point, g at another. */
export interface Translation {
  readonly from: number;
  readonly to: number;
  readonly fromPoint: number;
  readonly toPoint: number;
  readonly packets: number;
}

/** Words of an entry; the flows are its key. */
const VOTE = { from: 0, to: 1, fromPoint: 2, toPoint: 3, packets: 4, words: 5 } as const;

/** In the order in which they are found, the lower point first. */
export class Translations {
  readonly count: number;
  readonly #words: Int32Array;

  /** @param words VOTE.words of each. */
  constructor(words: Int32Array) {
    this.count = words.length / VOTE.words;
    this.#words = words;
  }

  from(at: number): number {
    return this.#words[at * VOTE.words + VOTE.from] ?? 0;
  }

  to(at: number): number {
    return this.#words[at * VOTE.words + VOTE.to] ?? 0;
  }

  at(at: number): Translation {
    const word = (index: number) => this.#words[at * VOTE.words + index] ?? 0;
    return {
      from: this.from(at),
      to: this.to(at),
      fromPoint: word(VOTE.fromPoint),
      toPoint: word(VOTE.toPoint),
      packets: word(VOTE.packets),
    };
  }
}

export class Streams {
  readonly translations: Translations;
  /** By flow: one bit a point that saw it. */
  readonly flowPoints: Int32Array;
  /** By stream. */
  readonly points: Int32Array;
  readonly #parents: Int32Array;

  constructor(index: SightingIndex) {
    const { count } = index.sightings.flows;
    this.flowPoints = pointsByFlow(index);
    this.#parents = new Int32Array(count);
    for (let flow = 0; flow < count; flow++) this.#parents[flow] = flow;
    this.translations = bestOf(votes(index, this.flowPoints), count);
    for (let at = 0; at < this.translations.count; at++)
      this.#join(this.translations.from(at), this.translations.to(at));
    this.points = new Int32Array(count);
    for (let flow = 0; flow < count; flow++) {
      const stream = this.of(flow);
      this.points[stream] = (this.points[stream] ?? 0) | (this.flowPoints[flow] ?? 0);
    }
  }

  /** The stream's number is that of one of its flows. */
  of(flow: number): number {
    const parents = this.#parents;
    let at = flow;
    for (;;) {
      const parent = parents[at] ?? at;
      if (parent === at) return at;
      parents[at] = parents[parent] ?? parent;
      at = parent;
    }
  }

  #join(a: number, b: number): void {
    this.#parents[this.of(b)] = this.of(a);
  }
}

function pointsByFlow(index: SightingIndex): Int32Array {
  const { sightings } = index;
  const seen = new Int32Array(sightings.flows.count);
  for (const [part, records] of sightings.points.entries()) {
    const bit = 1 << (index.pointOfPart[part] ?? 0);
    for (let record = 0; record < records.length; record++) {
      const id = records.flow(record);
      if (id >= 0) seen[id] = (seen[id] ?? 0) | bit;
    }
  }
  return seen;
}

/** By the two flows: the two points, and how many packets say so. */
function votes(index: SightingIndex, flowPoints: Int32Array): NumberTable {
  const { records, sightings } = index;
  const found = new NumberTable(VOTE.fromPoint, VOTE.words - VOTE.fromPoint, sightings.count, sightings.seed);
  for (let likeness = 0; likeness < sightings.count; likeness++) {
    const start = index.startOf(likeness);
    const end = index.startOf(likeness + 1);
    for (let at = start + 1; at < end; at++) {
      const a = records[at - 1] ?? 0;
      const b = records[at] ?? 0;
      const from = index.flow(a);
      const to = index.flow(b);
      if (from === to) continue;
      const fromPoint = index.pointOf(a);
      const toPoint = index.pointOf(b);
      if (fromPoint === toPoint) continue;
      if (((flowPoints[from] ?? 0) & (1 << toPoint)) !== 0 || ((flowPoints[to] ?? 0) & (1 << fromPoint)) !== 0)
        continue;
      found.key[VOTE.from] = from;
      found.key[VOTE.to] = to;
      const vote = found.claim() - VOTE.fromPoint;
      const { words } = found;
      if (found.isNew) {
        words[vote + VOTE.fromPoint] = fromPoint;
        words[vote + VOTE.toPoint] = toPoint;
      }
      words[vote + VOTE.packets] = (words[vote + VOTE.packets] ?? 0) + 1;
    }
  }
  return found;
}

/** One flow is at another point one other flow, or several one after the other: those with a fair share. */
function bestOf(found: NumberTable, flows: number): Translations {
  const mostOfFrom = new Int32Array(flows);
  const mostOfTo = new Int32Array(flows);
  const { words } = found;
  for (let vote = 0; vote < found.size * VOTE.words; vote += VOTE.words) {
    const from = words[vote + VOTE.from] ?? 0;
    const to = words[vote + VOTE.to] ?? 0;
    const packets = words[vote + VOTE.packets] ?? 0;
    mostOfFrom[from] = Math.max(packets, mostOfFrom[from] ?? 0);
    mostOfTo[to] = Math.max(packets, mostOfTo[to] ?? 0);
  }
  let kept = 0;
  for (let vote = 0; vote < found.size * VOTE.words; vote += VOTE.words) {
    const from = words[vote + VOTE.from] ?? 0;
    const to = words[vote + VOTE.to] ?? 0;
    const packets = words[vote + VOTE.packets] ?? 0;
    if (packets * 4 < (mostOfFrom[from] ?? 0) || packets * 4 < (mostOfTo[to] ?? 0)) continue;
    words.copyWithin(kept, vote, vote + VOTE.words);
    kept += VOTE.words;
  }
  return new Translations(words.slice(0, kept));
}
