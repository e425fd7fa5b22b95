/**
 * The records of several streams in the order of time. Every stream is in order in itself; how far behind one is, only
 * it can tell: what has come from it last, or that it has been silent for a while.
 *
 * Limit: a stream that was silent for longer than `patienceMs` and then brings what is older comes too late: its records
 * are told all the same, out of order, and counted. So is what comes when more is held than there is room for.
 *
 * @module
 */

import type { PcapRecords } from './pcap-records.ts';

/** More is never held: then the order is given up, not the memory. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;
const NS_PER_MS = 1e6;

interface Stream {
  readonly records: PcapRecords;
  /** When it last brought something. */
  heardNs: number;
  isEnded: boolean;
}

/** @param stream Its number. */
export type OnRecord = (stream: number, records: PcapRecords) => void;

export class TimeOrder {
  /** Records that came after later ones had been told. */
  late = 0;
  /** Everything before has been told, but for what comes too late. */
  toldNs = Number.NEGATIVE_INFINITY;
  readonly #streams: Stream[] = [];
  readonly #patienceNs: number;

  /** @param patienceMs How long a stream that brings nothing is waited for. */
  constructor(patienceMs: number) {
    this.#patienceNs = patienceMs * NS_PER_MS;
  }

  /** @returns Its number. */
  add(records: PcapRecords, nowNs: number): number {
    return this.#streams.push({ records, heardNs: nowNs, isEnded: false }) - 1;
  }

  heard(stream: number, nowNs: number): void {
    const found = this.#streams[stream];
    if (found !== undefined) found.heardNs = nowNs;
  }

  /** Nothing more comes from it. */
  end(stream: number): void {
    const found = this.#streams[stream];
    if (found !== undefined) found.isEnded = true;
  }

  /** Tell what nothing earlier can come before any more. @param nowNs By the clock of the records, and after the same base. */
  tell(nowNs: number, told: OnRecord): void {
    const held = this.#streams.reduce((sum, { records }) => sum + records.heldBytes, 0);
    this.#tellBefore(held > MOST_HELD_BYTES ? Number.POSITIVE_INFINITY : this.#safeNs(nowNs), told);
  }

  /** Tell everything. */
  finish(told: OnRecord): void {
    this.#tellBefore(Number.POSITIVE_INFINITY, told);
  }

  #safeNs(nowNs: number): number {
    let safeNs = nowNs;
    for (const { records, heardNs, isEnded } of this.#streams) {
      if (isEnded) continue;
      const own = nowNs - heardNs > this.#patienceNs ? nowNs - this.#patienceNs : records.lastNs;
      if (own < safeNs) safeNs = own;
    }
    return safeNs;
  }

  #tellBefore(endNs: number, told: OnRecord): void {
    for (;;) {
      let first = -1;
      let firstNs = Number.POSITIVE_INFINITY;
      let secondNs = Number.POSITIVE_INFINITY;
      for (const [at, { records }] of this.#streams.entries()) {
        if (records.timeNs < firstNs) {
          secondNs = firstNs;
          firstNs = records.timeNs;
          first = at;
        } else if (records.timeNs < secondNs) secondNs = records.timeNs;
      }
      const records = this.#streams[first]?.records;
      if (records === undefined || firstNs > endNs) break;
      const untilNs = Math.min(endNs, secondNs);
      do {
        if (records.timeNs < this.toldNs) this.late++;
        else this.toldNs = records.timeNs;
        told(first, records);
      } while (records.next() && records.timeNs <= untilNs);
    }
    if (endNs !== Number.POSITIVE_INFINITY && endNs > this.toldNs) this.toldNs = endNs;
  }
}
