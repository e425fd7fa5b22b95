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

/** Of a block of likenesses. */
const BLOCK_BITS = 6;

export class SightingIndex {
  readonly sightings: Sightings;
  /** Of one likeness together: by part, and there in the order of the capture. */
  readonly records: Int32Array;
  /** By part: the point that it belongs to. */
  pointOfPart: readonly number[];
  readonly #bases: readonly number[];
  readonly #parts: readonly PointRecords[];
  /** By block of likenesses: where its records begin. */
  readonly #blockStarts: Int32Array;
  /** By likeness, and one more: how far behind that its own begin, in half the bytes as a rule. */
  readonly #startsInBlock: Uint16Array | Int32Array;

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
    this.records = records;
    this.#bases = bases;
    this.#blockStarts = new Int32Array((sightings.count >>> BLOCK_BITS) + 1);
    for (let block = 0; block < this.#blockStarts.length; block++)
      this.#blockStarts[block] = places[block << BLOCK_BITS] ?? 0;
    this.#startsInBlock = startsInBlock(places.subarray(0, sightings.count + 1), this.#blockStarts);
  }

  /** Where the records of a likeness begin in `records`; those of one more than there are, where the last one's end. */
  startOf(likeness: number): number {
    return (this.#blockStarts[likeness >>> BLOCK_BITS] ?? 0) + (this.#startsInBlock[likeness] ?? 0);
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

function startsInBlock(starts: Int32Array, blockStarts: Int32Array): Uint16Array | Int32Array {
  const isNear = starts.every((start, at) => start - (blockStarts[at >>> BLOCK_BITS] ?? 0) <= 0xffff);
  const inBlock = isNear ? new Uint16Array(starts.length) : new Int32Array(starts.length);
  for (let at = 0; at < starts.length; at++) inBlock[at] = (starts[at] ?? 0) - (blockStarts[at >>> BLOCK_BITS] ?? 0);
  return inBlock;
}
