/**
 * Which packet was seen where and when, of all capture points together: 8 bytes a sighting, or a few more, and some 20 a packet,
 * however large it is. Packets may come from the points in any order, one file after the other or as they are captured.
 *
 * What has the same key is one *likeness*: usually one packet, seen once a point; where a point has several, only the
 * time tells which is which. Nothing is concluded here.
 *
 * @module
 */

import { FlowIds, type FlowParts } from './flow-ids.ts';
import { NO_FLOW, NO_LIKENESS, type PointParts, PointRecords } from './point-records.ts';
import { hasAck, INFO, ROW, ROW_STATE, ROW_WORDS, type RowBlock, TTL_BITS } from './sighting-rows.ts';
import { WordTable } from './word-table.ts';

const FIRST_FLOWS = 1024;
const FIRST_SLOTS = 2048;
/** 32 MB, however many are expected. */
const MOST_FIRST_SLOTS = 2 ** 23;
/** Probes stay short, and 5 M packets fit into 2^23 slots. */
const MOST_LOAD = 0.75;
/** Words of a likeness: see ROW. */
const LIKENESS = { info: 0, detail: 1, words: 2 } as const;

/** About 700 MB where no two are alike. */
const MOST_SIGHTINGS = 25_000_000;

/** Of a slot; the bits above are of the key, so that hardly any other likeness is looked at, which lies far away. */
const LIKENESS_BITS = 25;
const LIKENESS_MASK = (1 << LIKENESS_BITS) - 1;

/** So many cache lines a processor fetches at a time, and some more. */
const FETCHED_ROWS = 64;

/** What is seen, as plain data: for another thread. */
export interface SightingParts {
  readonly seed: number;
  readonly count: number;
  readonly total: number;
  readonly isFull: boolean;
  readonly points: readonly PointParts[];
  readonly flows: FlowParts;
  readonly likenesses: Int32Array<ArrayBuffer>[];
  readonly ack: Int32Array<ArrayBuffer>;
  readonly hasAck: Uint8Array<ArrayBuffer>;
}

export class Sightings {
  readonly points: PointRecords[];
  readonly flows: FlowIds;
  readonly seed: number;
  /** How many likenesses there are. */
  count = 0;
  total = 0;
  /** More packets came than are kept: nothing can be said about those. */
  isFull = false;
  /** What times count from. */
  baseSeconds: number | undefined;
  readonly #likenesses: WordTable;
  /** By likeness: see ROW. */
  #keys = new WordTable(1);
  /** By flow. */
  #ack: Int32Array<ArrayBuffer>;
  #hasAck: Uint8Array<ArrayBuffer>;
  /** 0: free, else a likeness and 1, and the upper bits of its key. */
  #slots: Int32Array<ArrayBuffer>;
  /** Of no meaning: V8 leaves out a read whose value goes nowhere. */
  fetched = 0;

  /**
   * @param seed Unknown to whoever sends the packets.
   * @param expected So many likenesses, or a few times fewer or more: growing to it would take as long as keeping them.
   * @param parts Of sightings that are closed; nothing more can be taken.
   */
  constructor(seed: number, expected = 0, parts?: SightingParts) {
    this.seed = seed;
    this.count = parts?.count ?? 0;
    this.total = parts?.total ?? 0;
    this.isFull = parts?.isFull ?? false;
    this.points = parts?.points.map((point) => new PointRecords(point)) ?? [];
    this.flows = new FlowIds(seed, parts?.flows);
    this.#likenesses = new WordTable(LIKENESS.words, parts?.likenesses);
    this.#ack = parts?.ack ?? new Int32Array(FIRST_FLOWS);
    this.#hasAck = parts?.hasAck ?? new Uint8Array(FIRST_FLOWS);
    this.#slots = new Int32Array(parts === undefined ? firstSlots(expected) : 0);
  }

  /** What another thread needs to make the same of it; these here are closed, and of no more use. */
  parts(): SightingParts {
    this.close();
    const { seed, count, total, isFull } = this;
    const points = this.points.map((point) => point.parts());
    const [likenesses, flows] = [this.#likenesses.chunks, this.flows.parts()];
    return { seed, count, total, isFull, points, flows, likenesses, ack: this.#ack, hasAck: this.#hasAck };
  }

  /** So many points there are, whether or not a packet came from them. */
  growPoints(count: number): void {
    while (this.points.length < count) this.points.push(new PointRecords());
  }

  /** Packets that were captured, in order. */
  take({ words, times, rows }: RowBlock): void {
    for (let from = 0; from < rows; from += FETCHED_ROWS) {
      const to = Math.min(rows, from + FETCHED_ROWS);
      this.#fetch(words, from, to);
      for (let row = from; row < to; row++) {
        const at = row * ROW_WORDS;
        this.#takeRow(words, at, times[(at + ROW.time) / 2] ?? 0);
      }
    }
  }

  /**
   * The slots are far larger than any cache, and the processor waits for each that it looks at; for many that do not depend
   * on each other it waits once.
   */
  #fetch(words: Int32Array, from: number, to: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let fetched = 0;
    for (let row = from; row < to; row++) {
      const at = row * ROW_WORDS;
      fetched |= slots[homeOf(words[at + ROW.key] ?? 0, words[at + ROW.detail] ?? 0) & mask] ?? 0;
    }
    this.fetched = fetched;
  }

  #takeRow(words: Int32Array, at: number, timeNs: number): void {
    if (this.total >= MOST_SIGHTINGS || this.flows.count >= NO_FLOW) {
      this.isFull = true;
      return;
    }
    this.total++;
    const point = words[at + ROW.point] ?? 0;
    const number = words[at + ROW.number] ?? 0;
    const state = words[at + ROW.state] ?? 0;
    if (point >= this.points.length) this.growPoints(point + 1);
    const records = this.points[point] as PointRecords;
    if (state !== ROW_STATE.matchable) {
      records.unmatchable++;
      if (state === ROW_STATE.cut) records.cut++;
      records.add(NO_LIKENESS, NO_FLOW, 0, timeNs, number);
      return;
    }
    const info = words[at + ROW.info] ?? 0;
    const lookAndTtl = words[at + ROW.lookAndTtl] ?? 0;
    const flow = this.flows.of(words, at + ROW.flow);
    const likeness = this.#intern(words[at + ROW.key] ?? 0, info, words[at + ROW.detail] ?? 0);
    records.add(likeness, flow, lookAndTtl & 0xff, timeNs, number);
    records.setLook(flow, lookAndTtl >>> TTL_BITS);
    if (hasAck(info)) this.#acknowledge(flow, words[at + ROW.ack] ?? 0);
  }

  /** Of a likeness. */
  kind(likeness: number): number {
    return (this.#likenesses.word(likeness, LIKENESS.info) >>> INFO.kindAt) & 7;
  }

  flags(likeness: number): number {
    return (this.#likenesses.word(likeness, LIKENESS.info) >>> INFO.flagsAt) & 0xff;
  }

  lengthBytes(likeness: number): number {
    return this.#likenesses.word(likeness, LIKENESS.info) & 0xffff;
  }

  /** Of TCP's header, in words of 32 bits. */
  headerWords(likeness: number): number {
    return this.#likenesses.word(likeness, LIKENESS.info) >>> INFO.headerWordsAt;
  }

  /** Whether a part of what would tell it from others was cut by the snap length. */
  isShort(likeness: number): boolean {
    return (this.#likenesses.word(likeness, LIKENESS.info) & INFO.short) !== 0;
  }

  /** The highest acknowledgement number of a TCP flow, anywhere; `undefined`: none. */
  highestAck(flow: number): number | undefined {
    return this.#hasAck[flow] === 1 ? this.#ack[flow] : undefined;
  }

  /** See SightingRows. */
  detail(likeness: number): number {
    return this.#likenesses.word(likeness, LIKENESS.detail);
  }

  echoSequence(likeness: number): number {
    return this.detail(likeness) & 0xffff;
  }

  /** Nothing more will be seen: what only `take()` needs may go. */
  close(): void {
    this.#slots = new Int32Array(0);
    this.#keys = new WordTable(1);
  }

  #acknowledge(flow: number, ack: number): void {
    if (flow >= this.#ack.length) {
      const length = Math.max(flow + 1, this.#ack.length * 2);
      const acks = new Int32Array(length);
      acks.set(this.#ack);
      this.#ack = acks;
      const hasAcks = new Uint8Array(length);
      hasAcks.set(this.#hasAck);
      this.#hasAck = hasAcks;
    }
    if (this.#hasAck[flow] === 1 && (ack - (this.#ack[flow] ?? 0)) << 0 < 0) return;
    this.#hasAck[flow] = 1;
    this.#ack[flow] = ack | 0;
  }

  #intern(key: number, info: number, detail: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const keys = this.#keys;
    const likenesses = this.#likenesses;
    const tag = key & ~LIKENESS_MASK;
    let slot = homeOf(key, detail) & mask;
    for (;;) {
      const found = slots[slot] ?? 0;
      if (found === 0) break;
      if ((found & ~LIKENESS_MASK) === tag) {
        const known = (found & LIKENESS_MASK) - 1;
        if (keys.word(known, 0) === key && likenesses.word(known, LIKENESS.detail) === detail) return known;
      }
      slot = (slot + 1) & mask;
    }
    const likeness = this.count++;
    slots[slot] = tag | this.count;
    keys.set(likeness, 0, key);
    likenesses.set(likeness, LIKENESS.info, info);
    likenesses.set(likeness, LIKENESS.detail, detail);
    if (this.count > slots.length * MOST_LOAD) this.#growSlots();
    return likeness;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const keys = this.#keys;
    for (let likeness = 0; likeness < this.count; likeness++) {
      const key = keys.word(likeness, 0);
      let slot = homeOf(key, this.detail(likeness)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = (key & ~LIKENESS_MASK) | (likeness + 1);
    }
    this.#slots = slots;
  }
}

function firstSlots(expected: number): number {
  const needed = 2 ** Math.ceil(Math.log2(Math.max(1, expected / MOST_LOAD)));
  return Math.min(MOST_FIRST_SLOTS, Math.max(FIRST_SLOTS, needed));
}

/** Where a likeness is looked for first. Keys are hashes with a seed already. */
function homeOf(key: number, detail: number): number {
  const mixed = Math.imul(key ^ Math.imul(detail, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
