/**
 * Times by record, in four bytes each where packets come as fast as they do in large captures: the nanoseconds since the
 * first of a few thousand. Where those are farther apart than such a number reaches, in eight.
 *
 * @module
 */

const CHUNK_BITS = 12;
const CHUNK_RECORDS = 1 << CHUNK_BITS;
const MASK = CHUNK_RECORDS - 1;
/** The first chunk begins small: there may be hundreds of small captures. */
const FIRST_RECORDS = 64;
/** Packets are not always in the order of their times: so much earlier than the first of its chunk may one be. */
const SLACK_NS = 1_000_000_000;

export interface TimeChunk {
  /** What is to be added to the times; 0 in a wide one. */
  readonly sinceNs: number;
  readonly isWide: boolean;
  readonly times: Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
}

export class TimeColumn {
  /** To make the same column of again, see the constructor. */
  readonly chunks: TimeChunk[];

  /** @param chunks Of a column like this. */
  constructor(chunks: TimeChunk[] = []) {
    this.chunks = chunks;
  }

  /** @param record The next one, or one that was set before. */
  set(record: number, timeNs: number): void {
    const at = record >>> CHUNK_BITS;
    let chunk = this.chunks[at] ?? this.#begin(timeNs);
    if ((record & MASK) >= chunk.times.length) {
      chunk = doubled(chunk);
      this.chunks[at] = chunk;
    }
    const time = timeNs - chunk.sinceNs;
    if (!chunk.isWide && time !== time >>> 0) this.chunks[at] = widened(chunk, record & MASK, timeNs);
    else chunk.times[record & MASK] = time;
  }

  at(record: number): number {
    const chunk = this.chunks[record >>> CHUNK_BITS];
    return chunk === undefined ? 0 : chunk.sinceNs + (chunk.times[record & MASK] ?? 0);
  }

  #begin(timeNs: number): TimeChunk {
    const records = this.chunks.length === 0 ? FIRST_RECORDS : CHUNK_RECORDS;
    const chunk = { sinceNs: timeNs - SLACK_NS, isWide: false, times: new Uint32Array(records) };
    this.chunks.push(chunk);
    return chunk;
  }
}

function doubled({ sinceNs, isWide, times }: TimeChunk): TimeChunk {
  const longer = isWide ? new Float64Array(times.length * 2) : new Uint32Array(times.length * 2);
  longer.set(times);
  return { sinceNs, isWide, times: longer };
}

function widened({ sinceNs, times }: TimeChunk, at: number, timeNs: number): TimeChunk {
  const wide = Float64Array.from(times, (time) => sinceNs + time);
  wide[at] = timeNs;
  return { sinceNs: 0, isWide: true, times: wide };
}
