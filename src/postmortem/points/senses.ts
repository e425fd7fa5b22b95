/**
 * Which way each stream goes through the points: as the requests do, or back.
 *
 * @module
 */

import { alignedNs, forEachPassage, type Matching, NOT_SEEN } from './passages.ts';
import { reverseStream } from './ways.ts';

/** 1: along `Ways.order`; -1: against it; 0: not known. */
export type Sense = 1 | -1 | 0;

export class Senses {
  readonly #matching: Matching;
  /** By stream: the votes of its packets. */
  readonly #votes: Int32Array;
  /** By stream: whether a packet of it was seen at two points. */
  readonly #matched: Uint8Array;
  /** By what `addressKey` says of an address: above 0 it is before the points, below behind them. */
  #sides: ReadonlyMap<string, number> | undefined;
  /** By stream: its sense and 2; 0: not asked yet. */
  readonly #known: Int8Array;

  constructor(matching: Matching) {
    this.#matching = matching;
    const { index, ways, pointCount } = matching;
    this.#votes = new Int32Array(index.sightings.flows.count);
    this.#matched = new Uint8Array(this.#votes.length);
    const votes = this.#votes;
    const matched = this.#matched;
    const { order } = ways;
    forEachPassage(matching, (stream, passage) => {
      let before = NOT_SEEN;
      for (let place = 0; place < pointCount; place++) {
        const record = passage[order[place] ?? 0] ?? NOT_SEEN;
        if (record === NOT_SEEN) continue;
        if (before !== NOT_SEEN) {
          matched[stream] = 1;
          const vote =
            Math.sign(index.ttl(before) - index.ttl(record)) ||
            Math.sign(alignedNs(matching, record) - alignedNs(matching, before));
          votes[stream] = (votes[stream] ?? 0) + vote;
        }
        before = record;
      }
    });
    this.#known = new Int8Array(votes.length);
  }

  /** Whether any packet of it was seen at two points. */
  isMatched(stream: number): boolean {
    return this.#matched[stream] === 1;
  }

  of(stream: number): Sense {
    const known = this.#known[stream] ?? 0;
    if (known !== 0) return known === 3 ? 1 : known === 1 ? -1 : 0;
    const sense = this.#decide(stream);
    this.#known[stream] = sense + 2;
    return sense;
  }

  #decide(stream: number): Sense {
    const { index, streams } = this.#matching;
    const own = Math.sign(this.#votes[stream] ?? 0);
    if (own !== 0) return own > 0 ? 1 : -1;
    const reverse = reverseStream(stream, index, streams);
    const back = reverse === undefined ? 0 : Math.sign(this.#votes[reverse] ?? 0);
    if (back !== 0) return back > 0 ? -1 : 1;
    const { source, destination } = index.sightings.flows.flow(stream);
    this.#sides ??= this.#learnSides();
    const side = (this.#sides.get(addressKey(source)) ?? 0) - (this.#sides.get(addressKey(destination)) ?? 0);
    return side > 0 ? 1 : side < 0 ? -1 : 0;
  }

  #learnSides(): ReadonlyMap<string, number> {
    const sides = new Map<string, number>();
    const { index, streams } = this.#matching;
    const { flows } = index.sightings;
    for (let flow = 0; flow < flows.count; flow++) {
      const vote = Math.sign(this.#votes[streams.of(flow)] ?? 0);
      if (vote === 0) continue;
      const { source, destination } = flows.flow(flow);
      for (const [address, side] of [[source, vote] as const, [destination, -vote] as const]) {
        const key = addressKey(address);
        sides.set(key, (sides.get(key) ?? 0) + side);
      }
    }
    return sides;
  }
}

/** Two flows with the same one have the same address. */
export function addressKey(words: readonly number[]): string {
  return words.join(':');
}
