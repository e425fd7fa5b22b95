/**
 * What was seen at one place, in the order of the capture: eight bytes a packet, or a few more.
 *
 * @module
 */

import { NearColumn, type NearParts } from './near-column.ts';
import { TTL_BITS } from './sighting-rows.ts';
import { WordTable } from './word-table.ts';

/** As many as have room beside a TTL. */
export const NO_FLOW = 2 ** (32 - TTL_BITS) - 1;
export const NO_LIKENESS = -1;

/** The same as plain data, for another thread. */
export interface PointParts {
  readonly length: number;
  readonly unmatchable: number;
  readonly cut: number;
  readonly likenesses: NearParts;
  readonly times: NearParts;
  readonly flowsAndTtls: Int32Array<ArrayBuffer>[];
  readonly looks: Int32Array<ArrayBuffer>[];
  readonly numbers: Int32Array<ArrayBuffer>[] | undefined;
}

/** In the order in which the first capture has the packets, and every other one nearly so. */
const LIKENESS_SLOPE = 1;
const TIME_SLOPE = 0;

export class PointRecords {
  length: number;
  /** Packets that no other point could know again. */
  unmatchable: number;
  /** Of these: packets whose headers the snap length cut. */
  cut: number;
  readonly #likenesses: NearColumn;
  readonly #times: NearColumn;
  readonly #flowsAndTtls: WordTable;
  /** By flow: how its packets looked here, see SightingRows. */
  readonly #looks: WordTable;
  /** Numbers of the packets in their capture; `undefined` while they are 1, 2, 3 ... */
  #numbers: WordTable | undefined;

  /** @param parts Of another one. */
  constructor(parts?: PointParts) {
    this.length = parts?.length ?? 0;
    this.unmatchable = parts?.unmatchable ?? 0;
    this.cut = parts?.cut ?? 0;
    this.#likenesses = new NearColumn(LIKENESS_SLOPE, parts?.likenesses);
    this.#times = new NearColumn(TIME_SLOPE, parts?.times);
    this.#flowsAndTtls = new WordTable(1, parts?.flowsAndTtls);
    this.#looks = new WordTable(1, parts?.looks);
    this.#numbers = parts?.numbers && new WordTable(1, parts.numbers);
  }

  parts(): PointParts {
    const { length, unmatchable, cut } = this;
    return {
      ...{ length, unmatchable, cut, likenesses: this.#likenesses.parts(), times: this.#times.parts() },
      ...{ flowsAndTtls: this.#flowsAndTtls.chunks, looks: this.#looks.chunks, numbers: this.#numbers?.chunks },
    };
  }

  /** -1: the packet has none. */
  likeness(record: number): number {
    return this.#likenesses.at(record);
  }

  /** -1: the packet has none. */
  flow(record: number): number {
    const flow = this.#flowsAndTtls.word(record, 0) >>> TTL_BITS;
    return flow === NO_FLOW ? -1 : flow;
  }

  ttl(record: number): number {
    return this.#flowsAndTtls.word(record, 0) & 0xff;
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
    this.#likenesses.push(likeness);
    this.#times.push(timeNs);
    this.#flowsAndTtls.set(record, 0, (flow << TTL_BITS) | ttl);
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
