/**
 * Numbers by record that are near to those before them: times, and likenesses of packets that come in the same order
 * everywhere. Of 64 at a time it keeps the least, and how far each of the others is from that, in as few bits as the
 * farthest needs: one or two bytes a record where packets come as they do in large captures, eight at worst.
 *
 * @module
 */

import { WordTable } from './word-table.ts';

const BLOCK_BITS = 6;
const BLOCK_RECORDS = 1 << BLOCK_BITS;
const MASK = BLOCK_RECORDS - 1;
const FIRST_BLOCKS = 16;

/** Of a place: 8, 16 or 32 bits a number, or a double each; whether it counts thousands; where it begins in the pool. */
const PLACE = { width: 3, thousands: 4, wordBits: 3 } as const;
const DOUBLES = 3;
/** Clocks of most captures count microseconds. */
const THOUSAND = 1000;

/** The same as plain data, for another thread. */
export interface NearParts {
  readonly length: number;
  readonly bases: Float64Array<ArrayBuffer>;
  readonly places: Int32Array<ArrayBuffer>;
  readonly pool: Int32Array<ArrayBuffer>[];
  readonly poolWords: number;
  readonly last: Float64Array<ArrayBuffer>;
}

export class NearColumn {
  readonly #slope: number;
  /** By block. */
  #bases: Float64Array<ArrayBuffer>;
  #places: Int32Array<ArrayBuffer>;
  readonly #pool: WordTable;
  #poolWords: number;
  /** Of the block that is not full yet, the numbers as they are. */
  readonly #last: Float64Array<ArrayBuffer>;
  #length: number;

  /** @param slope What a number is above the one before it, as a rule. @param parts Of a column with the same. */
  constructor(slope: number, parts?: NearParts) {
    this.#slope = slope;
    this.#bases = parts?.bases ?? new Float64Array(FIRST_BLOCKS);
    this.#places = parts?.places ?? new Int32Array(FIRST_BLOCKS);
    this.#pool = new WordTable(1, parts?.pool);
    this.#poolWords = parts?.poolWords ?? 0;
    this.#last = parts?.last ?? new Float64Array(BLOCK_RECORDS);
    this.#length = parts?.length ?? 0;
  }

  parts(): NearParts {
    const [bases, places, pool, last] = [this.#bases, this.#places, this.#pool.chunks, this.#last];
    return { length: this.#length, bases, places, pool, poolWords: this.#poolWords, last };
  }

  push(value: number): void {
    this.#last[this.#length & MASK] = value;
    if ((++this.#length & MASK) === 0) this.#pack();
  }

  at(record: number): number {
    const block = record >>> BLOCK_BITS;
    const nth = record & MASK;
    if (block === this.#length >>> BLOCK_BITS) return this.#last[nth] ?? 0;
    const place = this.#places[block] ?? 0;
    const from = place >>> PLACE.wordBits;
    const width = place & PLACE.width;
    if (width === DOUBLES) return this.#double(from + nth * 2);
    const bit = nth << (3 + width);
    const word = this.#pool.word(from + (bit >>> 5), 0);
    const far = width === 2 ? word >>> 0 : (word >>> (bit & 31)) & (width === 1 ? 0xffff : 0xff);
    const near = (this.#bases[block] ?? 0) + this.#slope * nth;
    return near + ((place & PLACE.thousands) === 0 ? far : far * THOUSAND);
  }

  #pack(): void {
    const last = this.#last;
    const slope = this.#slope;
    let base = Number.POSITIVE_INFINITY;
    for (let nth = 0; nth < BLOCK_RECORDS; nth++) base = Math.min(base, (last[nth] ?? 0) - slope * nth);
    let most = 0;
    let isWhole = true;
    let areThousands = true;
    for (let nth = 0; nth < BLOCK_RECORDS; nth++) {
      const far = (last[nth] ?? 0) - slope * nth - base;
      most = Math.max(most, far);
      isWhole &&= Number.isInteger(far);
      // Not by the remainder, for which V8 calls a function: packing took twice as long.
      areThousands &&= Number.isInteger(far / THOUSAND);
    }
    const unit = areThousands ? THOUSAND : 1;
    const farthest = most / unit;
    const width = !isWhole || farthest > 0xffff_ffff ? DOUBLES : farthest > 0xffff ? 2 : farthest > 0xff ? 1 : 0;
    const place = (this.#poolWords << PLACE.wordBits) | (areThousands ? PLACE.thousands : 0) | width;
    const block = (this.#length >>> BLOCK_BITS) - 1;
    if (block === this.#bases.length) this.#growBlocks();
    this.#bases[block] = base;
    this.#places[block] = place;
    if (width === DOUBLES) for (const value of last) this.#addDouble(value);
    else this.#addNear(base, unit, 8 << width);
  }

  #growBlocks(): void {
    const bases = new Float64Array(this.#bases.length * 2);
    bases.set(this.#bases);
    this.#bases = bases;
    const places = new Int32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
  }

  /** @param bits Of each number. */
  #addNear(base: number, unit: number, bits: number): void {
    const perWord = 32 / bits;
    for (let nth = 0; nth < BLOCK_RECORDS; ) {
      let word = 0;
      for (let within = 0; within < perWord; within++, nth++)
        word |= (((this.#last[nth] ?? 0) - this.#slope * nth - base) / unit) << (within * bits);
      this.#pool.set(this.#poolWords++, 0, word);
    }
  }

  #addDouble(value: number): void {
    const words = new Int32Array(Float64Array.of(value).buffer);
    for (const word of words) this.#pool.set(this.#poolWords++, 0, word);
  }

  #double(from: number): number {
    const words = Int32Array.of(this.#pool.word(from, 0), this.#pool.word(from + 1, 0));
    return new Float64Array(words.buffer)[0] ?? 0;
  }
}
