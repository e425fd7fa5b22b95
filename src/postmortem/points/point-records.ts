/**
 * What was seen at one place, in the order of the capture: twelve bytes a packet.
 *
 * @module
 */

import { TTL_BITS } from './sighting-rows.ts';
import { type TimeChunk, TimeColumn } from './time-column.ts';
import { WordTable } from './word-table.ts';

/** Words of a record. */
const RECORD = { likeness: 0, flowAndTtl: 1, words: 2 } as const;
/** As many as have room beside a TTL. */
export const NO_FLOW = 2 ** (32 - TTL_BITS) - 1;
export const NO_LIKENESS = -1;

/** The same as plain data, for another thread. */
export interface PointParts {
  readonly length: number;
  readonly unmatchable: number;
  readonly cut: number;
  readonly words: Int32Array<ArrayBuffer>[];
  readonly times: TimeChunk[];
  readonly looks: Int32Array<ArrayBuffer>[];
  readonly numbers: Int32Array<ArrayBuffer>[] | undefined;
}

const NONE: PointParts = { length: 0, unmatchable: 0, cut: 0, words: [], times: [], looks: [], numbers: undefined };

export class PointRecords {
  length: number;
  /** Packets that no other point could know again. */
  unmatchable: number;
  /** Of these: packets whose headers the snap length cut. */
  cut: number;
  readonly #words: WordTable;
  readonly #times: TimeColumn;
  /** By flow: how its packets looked here, see SightingRows. */
  readonly #looks: WordTable;
  /** Numbers of the packets in their capture; `undefined` while they are 1, 2, 3 ... */
  #numbers: WordTable | undefined;

  constructor({ length, unmatchable, cut, words, times, looks, numbers }: PointParts = structuredClone(NONE)) {
    this.length = length;
    this.unmatchable = unmatchable;
    this.cut = cut;
    this.#words = new WordTable(RECORD.words, words);
    this.#times = new TimeColumn(times);
    this.#looks = new WordTable(1, looks);
    this.#numbers = numbers && new WordTable(1, numbers);
  }

  parts(): PointParts {
    const { length, unmatchable, cut } = this;
    return {
      ...{ length, unmatchable, cut, words: this.#words.chunks, times: this.#times.chunks },
      ...{ looks: this.#looks.chunks, numbers: this.#numbers?.chunks },
    };
  }

  /** -1: the packet has none. */
  likeness(record: number): number {
    return this.#words.word(record, RECORD.likeness);
  }

  /** -1: the packet has none. */
  flow(record: number): number {
    const flow = this.#words.word(record, RECORD.flowAndTtl) >>> TTL_BITS;
    return flow === NO_FLOW ? -1 : flow;
  }

  ttl(record: number): number {
    return this.#words.word(record, RECORD.flowAndTtl) & 0xff;
  }

  /** Nanoseconds after `Sightings.baseSeconds`. */
  timeNs(record: number): number {
    return this.#times.at(record);
  }

  numberOf(record: number): number {
    return this.#numbers === undefined ? record + 1 : this.#numbers.word(record, 0);
  }

  look(flow: number): number {
    return this.#looks.word(flow, 0);
  }

  add(likeness: number, flow: number, ttl: number, timeNs: number, number: number): void {
    const record = this.length++;
    this.#words.set(record, RECORD.likeness, likeness);
    this.#words.set(record, RECORD.flowAndTtl, (flow << TTL_BITS) | ttl);
    this.#times.set(record, timeNs);
    if (this.#numbers === undefined && number !== record + 1) {
      this.#numbers = new WordTable(1);
      for (let before = 0; before < record; before++) this.#numbers.set(before, 0, before + 1);
    }
    this.#numbers?.set(record, 0, number);
  }

  setLook(flow: number, look: number): void {
    this.#looks.set(flow, 0, look);
  }
}
