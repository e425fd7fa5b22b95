/**
 * Numbers for rows of words: equal rows have the same one, from 0, in the order in which they came.
 *
 * Open addressing with a hash from a seed, so that nobody who writes packets can choose which rows meet.
 *
 * @module
 */

import { WordTable } from './word-table.ts';

const FIRST_SLOTS = 2048;
/** As far as probes stay short. */
const MOST_LOAD = 0.75;

/** The same as plain data, for another thread. */
export interface RowIdParts {
  readonly count: number;
  readonly rows: Int32Array<ArrayBuffer>[];
  readonly slots: Int32Array<ArrayBuffer>;
}

export class RowIds {
  count: number;
  readonly #width: number;
  readonly #seed: number;
  readonly #rows: WordTable;
  /** 0: free, else a row's number and 1. */
  #slots: Int32Array<ArrayBuffer>;

  /** @param width Words of a row. @param parts Of another one with the same width and seed. */
  constructor(width: number, seed: number, parts?: RowIdParts) {
    this.#width = width;
    this.#seed = seed | 0;
    this.count = parts?.count ?? 0;
    this.#rows = new WordTable(width, parts?.rows);
    this.#slots = parts?.slots ?? new Int32Array(FIRST_SLOTS);
  }

  parts(): RowIdParts {
    return { count: this.count, rows: this.#rows.chunks, slots: this.#slots };
  }

  word(id: number, word: number): number {
    return this.#rows.word(id, word);
  }

  /** The number of the row that begins at `at`, new if there was none like it. */
  of(words: Int32Array, at: number): number {
    const slot = this.#slotOf(words, at);
    const found = this.#slots[slot] ?? 0;
    if (found > 0) return found - 1;
    const id = this.count++;
    for (let word = 0; word < this.#width; word++) this.#rows.set(id, word, words[at + word] ?? 0);
    this.#slots[slot] = this.count;
    if (this.count > this.#slots.length * MOST_LOAD) this.#growSlots();
    return id;
  }

  /** -1: there was none like it. */
  find(words: Int32Array, at: number): number {
    return (this.#slots[this.#slotOf(words, at)] ?? 0) - 1;
  }

  /** Where the row is, or the free place for it. */
  #slotOf(words: Int32Array, at: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = this.#hash(words, at) & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot] ?? 0;
      if (found === 0 || this.#isRow(found - 1, words, at)) return slot;
    }
  }

  #isRow(id: number, words: Int32Array, at: number): boolean {
    for (let word = 0; word < this.#width; word++) if (this.#rows.word(id, word) !== words[at + word]) return false;
    return true;
  }

  #hash(words: Int32Array, at: number): number {
    let hash = this.#seed;
    for (let word = 0; word < this.#width; word++) {
      hash = Math.imul(hash ^ (words[at + word] ?? 0), 0x85ebca6b);
      hash ^= (hash >>> 13) ^ (hash << 7);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
    return hash ^ (hash >>> 15);
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const row = new Int32Array(this.#width);
    for (let id = 0; id < this.count; id++) {
      for (let word = 0; word < this.#width; word++) row[word] = this.#rows.word(id, word);
      let slot = this.#hash(row, 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}
