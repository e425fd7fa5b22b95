/**
 * Sightings by likeness: which records, of all points, may be the same packet.
 *
 * A record has one number among those of all parts; a *part* is what one file (or one interface of it) holds, and
 * a *point* is one part, or several that are slices of one capture.
 *
 * @module
 */

import type { PointRecords } from './point-records.ts';
import type { Sightings } from './sightings.ts';

/** From `begin` to `end`, exclusive. */
export interface RecordSpan {
  readonly begin: number;
  readonly end: number;
}

export class SightingIndex {
  readonly sightings: Sightings;
  /** By likeness, and one more: where its records begin in `records`. */
  readonly starts: Int32Array;
  /** Of one likeness together: by part, and there in the order of the capture. */
  readonly records: Int32Array;
  /** By part: the point that it belongs to. */
  pointOfPart: readonly number[];
  readonly #bases: readonly number[];
  readonly #parts: readonly PointRecords[];

  constructor(sightings: Sightings) {
    this.sightings = sightings;
    this.#parts = sightings.points;
    this.pointOfPart = sightings.points.map((_, part) => part);
    const bases: number[] = [];
    // One too many, which counts two places further on: so each start is the place where the next record goes, too.
    const places = new Int32Array(sightings.count + 2);
    let total = 0;
    for (const records of sightings.points) {
      bases.push(total);
      for (let record = 0; record < records.length; record++) {
        const id = records.likeness(record);
        if (id >= 0) places[id + 2] = (places[id + 2] ?? 0) + 1;
      }
      total += records.length;
    }
    for (let id = 0; id < sightings.count; id++) places[id + 2] = (places[id + 2] ?? 0) + (places[id + 1] ?? 0);
    const records = new Int32Array(places[sightings.count + 1] ?? 0);
    for (const [part, seen] of sightings.points.entries()) {
      const base = bases[part] ?? 0;
      for (let record = 0; record < seen.length; record++) {
        const id = seen.likeness(record);
        if (id < 0) continue;
        const at = places[id + 1] ?? 0;
        records[at] = base + record;
        places[id + 1] = at + 1;
      }
    }
    this.starts = places;
    this.records = records;
    this.#bases = bases;
  }

  partOf(record: number): number {
    const bases = this.#bases;
    let part = bases.length - 1;
    while ((bases[part] ?? 0) > record) part--;
    return part;
  }

  pointOf(record: number): number {
    return this.pointOfPart[this.partOf(record)] ?? 0;
  }

  likeness(record: number): number {
    const part = this.partOf(record);
    return this.#parts[part]?.likeness(record - (this.#bases[part] ?? 0)) ?? -1;
  }

  flow(record: number): number {
    const part = this.partOf(record);
    return this.#parts[part]?.flow(record - (this.#bases[part] ?? 0)) ?? -1;
  }

  ttl(record: number): number {
    const part = this.partOf(record);
    return this.#parts[part]?.ttl(record - (this.#bases[part] ?? 0)) ?? 0;
  }

  /** By the clock of whoever captured, after `Sightings.baseSeconds`. */
  timeNs(record: number): number {
    const part = this.partOf(record);
    return this.#parts[part]?.timeNs(record - (this.#bases[part] ?? 0)) ?? 0;
  }

  /** Of the packet in its capture. */
  number(record: number): number {
    const part = this.partOf(record);
    return this.#parts[part]?.numberOf(record - (this.#bases[part] ?? 0)) ?? 0;
  }

  look(record: number): number {
    return this.#parts[this.partOf(record)]?.look(this.flow(record)) ?? 0;
  }

  /** The record of a packet of the part; `undefined`: there is none. */
  recordOf(part: number, number: number): number | undefined {
    const records = this.#parts[part];
    if (records === undefined) return undefined;
    // Numbers ascend.
    let low = 0;
    let high = records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (records.numberOf(middle) < number) low = middle + 1;
      else high = middle;
    }
    return low < records.length && records.numberOf(low) === number ? low + (this.#bases[part] ?? 0) : undefined;
  }

  /** Where the records of a point lie: for whoever goes through all of them. */
  spansOf(point: number): readonly RecordSpan[] {
    return this.pointOfPart.flatMap((of, part) => {
      const begin = this.#bases[part] ?? 0;
      return of === point ? [{ begin, end: begin + (this.#parts[part]?.length ?? 0) }] : [];
    });
  }

  /** Every record of a point, in order. */
  *recordsOf(point: number): Generator<number> {
    for (const { begin, end } of this.spansOf(point)) for (let record = begin; record < end; record++) yield record;
  }
}
