/**
 * What is remembered of a side of a connection only once it is in trouble, which few are: apart from the records of the
 * flows, which stay small so.
 *
 * Bounded as the flow table is: an entry goes back when its flow makes room. The buffer is as large as the bound from the
 * start; the kernel gives its pages as they are written to.
 *
 * @module
 */

import { RECORD_WORDS, SIDE, SIDE_AT, SIDE_WORDS } from '../flows/flow-record.ts';

/** Words of an entry. */
export const TROUBLE = {
  /** The entry in the table of troubled pairs, plus 1. */
  pair: 0,
  /** The segment that was sent again and is not acknowledged; while SIDE_STATE says so. */
  stuckSeq: 1,
  stuckBytes: 2,
  stuckTimes: 3,
  stuckFrame: 4,
} as const;

/** Doubles, from the start of the entry. */
export const TROUBLE_NUMBER = {
  /** When the window closed; while SIDE_STATE says so. */
  closedSince: 3,
  stuckTime: 4,
} as const;
const ENTRY_NUMBERS = 5;
const ENTRY_WORDS = ENTRY_NUMBERS * 2;

export class TroubledSides {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  readonly #flowWords: Int32Array;
  /** Entry 0 is nobody's and stays empty: who asks about a side without trouble reads that. */
  #used = 1;
  /** The first of those that were given back; each names the next one as its pair. */
  #free = 0;

  /** @param flowWords Of the flow table. */
  constructor(flowWords: Int32Array) {
    const sides = (flowWords.length / RECORD_WORDS) * 2;
    const buffer = new ArrayBuffer((sides + 1) * ENTRY_NUMBERS * 8);
    this.words = new Int32Array(buffer);
    this.numbers = new Float64Array(buffer);
    this.#flowWords = flowWords;
  }

  /** Where the words of the side's entry begin: of the empty one if it has none. */
  wordsAt(flow: number, side: number): number {
    return this.#entryOf(flow, side) * ENTRY_WORDS;
  }

  /** Where its doubles are counted from. */
  numbersAt(flow: number, side: number): number {
    return this.#entryOf(flow, side) * ENTRY_NUMBERS;
  }

  /** An entry to write to, unless the side has one. */
  enter(flow: number, side: number): void {
    if (this.#entryOf(flow, side) !== 0) return;
    const free = this.#free;
    const entry = free === 0 ? this.#used++ : free;
    if (free !== 0) {
      this.#free = this.words[free * ENTRY_WORDS + TROUBLE.pair] as number;
      this.words[free * ENTRY_WORDS + TROUBLE.pair] = 0;
    }
    this.#flowWords[entryAt(flow, side)] = entry;
  }

  /** The flow is told of, and makes room. */
  release(flow: number): void {
    for (let side = 0; side < 2; side++) {
      const entry = this.#entryOf(flow, side);
      if (entry === 0) continue;
      this.words.fill(0, entry * ENTRY_WORDS, (entry + 1) * ENTRY_WORDS);
      this.words[entry * ENTRY_WORDS + TROUBLE.pair] = this.#free;
      this.#free = entry;
      this.#flowWords[entryAt(flow, side)] = 0;
    }
  }

  #entryOf(flow: number, side: number): number {
    return this.#flowWords[entryAt(flow, side)] as number;
  }
}

function entryAt(flow: number, side: number): number {
  return flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS + SIDE.trouble;
}
