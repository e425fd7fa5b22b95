/**
 * Numbers for flows of one direction: the same addresses, protocol and ports have the same number at every point.
 *
 * @module
 */

import { FLOW_WORDS as WORDS } from './sighting-rows.ts';

const FIRST_SLOTS = 1024;
const RECENT_BITS = 13;

export interface DirectedFlow {
  /** See NETWORK. */
  readonly network: number;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destPort: number;
  /** Four words; an IPv4 address is the last. */
  readonly source: readonly number[];
  readonly destination: readonly number[];
}

/** The same as plain data, for another thread. */
export interface FlowParts {
  readonly count: number;
  readonly rows: Int32Array<ArrayBuffer>;
  readonly slots: Int32Array<ArrayBuffer>;
}

/** A flow is WORDS words: network and protocol, ports, source, destination. */
export class FlowIds {
  count: number;
  readonly #seed: number;
  #rows: Int32Array<ArrayBuffer>;
  /** 0: free, else a flow's number and 1. */
  #slots: Int32Array<ArrayBuffer>;
  readonly #row = new Int32Array(WORDS);
  /** By a cheap hash of addresses and ports: the flow that was there last, and 1. Packets come in bursts of one flow. */
  readonly #recent = new Int32Array(1 << RECENT_BITS);

  /** @param parts Of another one with the same seed. */
  constructor(seed: number, parts?: FlowParts) {
    this.#seed = seed | 0;
    this.count = parts?.count ?? 0;
    this.#rows = parts?.rows ?? new Int32Array(FIRST_SLOTS * WORDS);
    this.#slots = parts?.slots ?? new Int32Array(FIRST_SLOTS * 2);
  }

  parts(): FlowParts {
    return { count: this.count, rows: this.#rows, slots: this.#slots };
  }

  /** The number of the flow whose words begin at `at`. */
  of(words: Int32Array, at: number): number {
    const source = words[at + 5] ?? 0;
    const dest = words[at + 9] ?? 0;
    const mixed = Math.imul(source, 0x9e3779b1) + Math.imul(dest, 0x85ebca6b);
    const place = (mixed + Math.imul(words[at + 1] ?? 0, 0xc2b2ae35)) >>> (32 - RECENT_BITS);
    const recent = (this.#recent[place] ?? 0) - 1;
    if (recent >= 0 && this.#isRow(recent, words, at)) return recent;
    const id = this.#intern(words, at);
    this.#recent[place] = id + 1;
    return id;
  }

  /** The flow of the other direction; `undefined` if there was no packet of it. */
  reverseOf(flow: number): number | undefined {
    const rows = this.#rows;
    const at = flow * WORDS;
    const row = this.#row;
    const ports = rows[at + 1] ?? 0;
    row[0] = rows[at] ?? 0;
    row[1] = (ports << 16) | (ports >>> 16);
    for (let word = 0; word < 4; word++) {
      row[2 + word] = rows[at + 6 + word] ?? 0;
      row[6 + word] = rows[at + 2 + word] ?? 0;
    }
    const found = (this.#slots[this.#slotOf(row, 0)] ?? 0) - 1;
    return found < 0 ? undefined : found;
  }

  flow(id: number): DirectedFlow {
    const at = id * WORDS;
    const word = (index: number) => this.#rows[at + index] ?? 0;
    return {
      network: word(0) >>> 16,
      protocol: word(0) & 0xffff,
      sourcePort: word(1) >>> 16,
      destPort: word(1) & 0xffff,
      source: [word(2), word(3), word(4), word(5)],
      destination: [word(6), word(7), word(8), word(9)],
    };
  }

  #intern(words: Int32Array, at: number): number {
    const slot = this.#slotOf(words, at);
    const found = this.#slots[slot] ?? 0;
    if (found > 0) return found - 1;
    if ((this.count + 1) * WORDS > this.#rows.length) {
      const grown = new Int32Array(this.#rows.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    const id = this.count++;
    for (let word = 0; word < WORDS; word++) this.#rows[id * WORDS + word] = words[at + word] ?? 0;
    this.#slots[slot] = this.count;
    if (this.count * 2 > this.#slots.length) this.#growSlots();
    return id;
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
    const rows = this.#rows;
    const own = id * WORDS;
    // The words that differ most come first.
    if (rows[own + 1] !== words[at + 1] || rows[own + 5] !== words[at + 5] || rows[own + 9] !== words[at + 9])
      return false;
    for (let word = 0; word < WORDS; word++) if (rows[own + word] !== words[at + word]) return false;
    return true;
  }

  #hash(rows: Int32Array, at: number): number {
    let hash = this.#seed;
    for (let word = 0; word < WORDS; word++) {
      hash = Math.imul(hash ^ (rows[at + word] ?? 0), 0x85ebca6b);
      hash ^= (hash >>> 13) ^ (hash << 7);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
    return hash ^ (hash >>> 15);
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = this.#hash(this.#rows, id * WORDS) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}
