/**
 * Keys of a few numbers to values of a few numbers, for what is counted by the packet: no object an entry, entries in
 * the order in which they came, and never more of them than was agreed.
 *
 * Open addressing with a hash (multilinear, over halves of words) whose coefficients come from a seed, so that nobody
 * who writes packets can choose which entries meet.
 *
 * @module
 */

const FIRST_SLOTS = 64;
/** As probes go, half full is as far as linear probing stays short. */
const MOST_LOAD = 0.5;

export class NumberTable {
  /** Write the key here before `find()` or `claim()`. */
  readonly key: Int32Array;
  /** The keys and values of all entries; another array after a claim. */
  words: Int32Array;
  /** How many entries there are. */
  size = 0;
  /** Whether the last claim made a new entry. */
  isNew = false;
  /** How often a claim was refused because the table is full. */
  refused = 0;

  readonly #keyWords: number;
  readonly #entryWords: number;
  readonly #limit: number;
  readonly #coefficients: Int32Array;
  #slots: Int32Array;
  /** Of the hash, the upper bits choose the slot. */
  #shift: number;

  /** @param limit The most entries it ever holds. */
  constructor(keyWords: number, valueWords: number, limit: number, seed: number) {
    this.#keyWords = keyWords;
    this.#entryWords = keyWords + valueWords;
    this.#limit = limit;
    this.#coefficients = coefficients(keyWords * 2, seed);
    this.key = new Int32Array(keyWords);
    this.words = new Int32Array((FIRST_SLOTS / 4) * this.#entryWords);
    this.#slots = new Int32Array(FIRST_SLOTS);
    this.#shift = 32 - Math.log2(FIRST_SLOTS);
  }

  /** @returns Where in `words` the values of the key begin; -1 when it is not there. */
  find(): number {
    const entry = this.#slots[this.#slotOfKey()] ?? 0;
    return entry === 0 ? -1 : this.#valuesAt(entry - 1);
  }

  /** Find the key, or enter it with values of 0. @returns As `find()`; -1 when the table is full. */
  claim(): number {
    this.isNew = false;
    let slot = this.#slotOfKey();
    const entry = this.#slots[slot] ?? 0;
    if (entry !== 0) return this.#valuesAt(entry - 1);
    if (this.size >= this.#limit) {
      this.refused++;
      return -1;
    }
    if (this.size + 1 > this.#slots.length * MOST_LOAD) {
      this.#grow();
      slot = this.#slotOfKey();
    }
    const at = this.size * this.#entryWords;
    if (at + this.#entryWords > this.words.length) {
      const words = new Int32Array(this.words.length * 2);
      words.set(this.words);
      this.words = words;
    }
    this.words.set(this.key, at);
    this.words.fill(0, at + this.#keyWords, at + this.#entryWords);
    this.size++;
    this.#slots[slot] = this.size;
    this.isNew = true;
    return at + this.#keyWords;
  }

  /** Where the key of the `index`th entry begins; its values follow. */
  entryAt(index: number): number {
    return index * this.#entryWords;
  }

  /** Which entry the values belong to, from 0. */
  indexOf(valuesAt: number): number {
    return (valuesAt - this.#keyWords) / this.#entryWords;
  }

  /** Forget everything. */
  clear(): void {
    this.size = 0;
    this.#slots.fill(0);
  }

  #valuesAt(index: number): number {
    return index * this.#entryWords + this.#keyWords;
  }

  /** The slot that holds the key, or the empty one where it belongs. */
  #slotOfKey(): number {
    const { key, words } = this;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = this.#hash(key, 0); ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0;
      if (entry === 0) return slot;
      const at = (entry - 1) * this.#entryWords;
      let word = 0;
      while (word < key.length && words[at + word] === key[word]) word++;
      if (word === key.length) return slot;
    }
  }

  #hash(words: Int32Array, at: number): number {
    const factors = this.#coefficients;
    let hash = 0;
    for (let word = 0; word < this.#keyWords; word++) {
      const value = words[at + word] ?? 0;
      hash += Math.imul(value & 0xffff, factors[2 * word] ?? 0);
      hash = (hash + Math.imul(value >>> 16, factors[2 * word + 1] ?? 0)) | 0;
    }
    return hash >>> this.#shift;
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#shift--;
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = this.#hash(this.words, index * this.#entryWords);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}

/** Numbers that look like chance, from a seed (xorshift32). */
function coefficients(count: number, seed: number): Int32Array {
  let state = seed | 0 || 1;
  return Int32Array.from({ length: count }, () => {
    for (let round = 0; round < 4; round++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
    }
    return state;
  });
}
