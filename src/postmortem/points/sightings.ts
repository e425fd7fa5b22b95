/**
 * Which packet was seen where and when, of all capture points together: 12 bytes a sighting and some 24 a packet,
 * however large it is. Packets may come from the points in any order, one file after the other or as they are captured.
 *
 * What has the same key is one *likeness*: usually one packet, seen once a point; where a point has several, only the
 * time tells which is which. Nothing is concluded here.
 *
 * @module
 */

import { type PacketFields, STOP, TCP_FLAG } from '../../wire/fields.ts';
import { FlowIds } from './flow-ids.ts';
import { KIND, PacketKey } from './packet-key.ts';
import { TimeColumn } from './time-column.ts';
import { WordTable } from './word-table.ts';

const FIRST_FLOWS = 1024;
const FIRST_SLOTS = 2048;
const NO_LIKENESS = -1;
const NANOSECONDS = 1_000_000_000;
/** Words of a likeness; `info`: length of the IP packet, flags, kind, whether it is short, words of TCP's header. */
const LIKENESS = { info: 0, detail: 1, words: 2 } as const;
const LIKENESS_KEY = { low: 0, high: 1, words: 2 } as const;
/** In `info`. */
const SHORT = 1 << 27;
const HEADER_WORDS_AT = 28;

/** About 900 MB where no two are alike. */
const MOST_SIGHTINGS = 25_000_000;

/** Of a slot; the bits above are of the key, so that hardly any other likeness is looked at, which lies far away. */
const LIKENESS_BITS = 25;
const LIKENESS_MASK = (1 << LIKENESS_BITS) - 1;

/** So many cache lines a processor fetches at a time, and some more. */
const MOST_WAITING = 64;
const WAITING = { low: 0, high: 1, info: 2, detail: 3, point: 4, record: 5, words: 6 } as const;

/** Words of a record. */
const RECORD = { likeness: 0, flowAndTtl: 1, words: 2 } as const;
const TTL_BITS = 8;
/** As many as have room beside a TTL. */
const NO_FLOW = 2 ** (32 - TTL_BITS) - 1;

/** What was seen at one place, in the order of the capture. */
export class PointRecords {
  length = 0;
  /** Packets that no other point could know again. */
  unmatchable = 0;
  /** Of these: packets whose headers the snap length cut. */
  cut = 0;
  readonly #words = new WordTable(RECORD.words);
  readonly #times = new TimeColumn();
  /** By flow: how its packets looked here, see `lookOf`. */
  readonly #looks = new WordTable(1);
  /** Numbers of the packets in their capture; `undefined` while they are 1, 2, 3 ... */
  #numbers: WordTable | undefined;

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

  /** @returns Its index. */
  add(flow: number, ttl: number, timeNs: number, number: number): number {
    const record = this.length++;
    this.#words.set(record, RECORD.likeness, NO_LIKENESS);
    this.#words.set(record, RECORD.flowAndTtl, (flow << TTL_BITS) | ttl);
    this.#times.set(record, timeNs);
    if (this.#numbers === undefined && number !== record + 1) {
      this.#numbers = new WordTable(1);
      for (let before = 0; before < record; before++) this.#numbers.set(before, 0, before + 1);
    }
    this.#numbers?.set(record, 0, number);
    return record;
  }

  setLikeness(record: number, likeness: number): void {
    this.#words.set(record, RECORD.likeness, likeness);
  }

  setLook(flow: number, look: number): void {
    this.#looks.set(flow, 0, look);
  }
}

export class Sightings {
  readonly points: PointRecords[] = [];
  readonly flows: FlowIds;
  readonly seed: number;
  /** How many likenesses there are. */
  count = 0;
  total = 0;
  /** More packets came than are kept: nothing can be said about those. */
  isFull = false;
  baseSeconds: number | undefined;
  readonly #likenesses = new WordTable(LIKENESS.words);
  /** By likeness: its key. */
  #keys = new WordTable(LIKENESS_KEY.words);
  /** By flow. */
  #ack = new Int32Array(FIRST_FLOWS);
  #hasAck = new Uint8Array(FIRST_FLOWS);
  /** 0: free, else a likeness and 1, and the upper bits of its key. */
  #slots = new Int32Array(FIRST_SLOTS);
  readonly #key: PacketKey;
  /** Keys whose likeness is not known yet: see `#settle()`. */
  readonly #waiting = new Int32Array(MOST_WAITING * WAITING.words);
  #waitingCount = 0;
  /** Of no meaning: V8 leaves out a read whose value goes nowhere. */
  fetched = 0;

  /** @param seed Unknown to whoever sends the packets. @param sampleBytes See PacketKey. */
  constructor(seed: number, sampleBytes?: number) {
    this.seed = seed;
    this.flows = new FlowIds(seed);
    this.#key = new PacketKey(seed, sampleBytes);
  }

  /** @returns The point's number. */
  addPoint(): number {
    return this.points.push(new PointRecords()) - 1;
  }

  /**
   * A packet was captured at the point.
   *
   * @param number The packet's, in its capture, from 1.
   * @returns Its likeness: packets of other points that may be the same have the same; `undefined`: none can be.
   */
  see(point: number, fields: PacketFields, number: number): number | undefined {
    const record = this.note(point, fields, number);
    this.#settle();
    const likeness = record === -1 ? NO_LIKENESS : (this.points[point]?.likeness(record) ?? NO_LIKENESS);
    return likeness === NO_LIKENESS ? undefined : likeness;
  }

  /** The same for whoever does not ask for the likeness, in a fraction of the time. @returns The record; -1: none. */
  note(point: number, fields: PacketFields, number: number): number {
    const records = this.points[point];
    if (records === undefined) return -1;
    if (this.total >= MOST_SIGHTINGS || this.flows.count >= NO_FLOW) {
      this.isFull = true;
      return -1;
    }
    this.total++;
    this.baseSeconds ??= fields.seconds;
    const timeNs = (fields.seconds - this.baseSeconds) * NANOSECONDS + fields.nanoseconds;
    const key = this.#key;
    if (!key.read(fields)) {
      records.unmatchable++;
      if (fields.stop === STOP.cut) records.cut++;
      return records.add(NO_FLOW, 0, timeNs, number);
    }
    const flow = this.flows.of(fields, key);
    const record = records.add(flow, key.kind === KIND.arp ? 0 : fields.ttl, timeNs, number);
    records.setLook(flow, lookOf(fields));
    if (key.kind === KIND.tcp && (key.flags & TCP_FLAG.ack) !== 0) this.#acknowledge(flow, fields.tcpAck);
    this.#wait(key, point, record);
    return record;
  }

  /** Of a likeness. */
  kind(likeness: number): number {
    return (this.#likenesses.word(likeness, LIKENESS.info) >>> 24) & 7;
  }

  flags(likeness: number): number {
    return (this.#likenesses.word(likeness, LIKENESS.info) >>> 16) & 0xff;
  }

  lengthBytes(likeness: number): number {
    return this.#likenesses.word(likeness, LIKENESS.info) & 0xffff;
  }

  /** Of TCP's header, in words of 32 bits. */
  headerWords(likeness: number): number {
    return this.#likenesses.word(likeness, LIKENESS.info) >>> HEADER_WORDS_AT;
  }

  /** Whether a part of what would tell it from others was cut by the snap length. */
  isShort(likeness: number): boolean {
    return (this.#likenesses.word(likeness, LIKENESS.info) & SHORT) !== 0;
  }

  /** The highest acknowledgement number of a TCP flow, anywhere; `undefined`: none. */
  highestAck(flow: number): number | undefined {
    return this.#hasAck[flow] === 1 ? this.#ack[flow] : undefined;
  }

  /** See PacketKey. */
  detail(likeness: number): number {
    return this.#likenesses.word(likeness, LIKENESS.detail);
  }

  /** Nothing more will be seen: what only `see` needs may go. */
  close(): void {
    this.#settle();
    this.#slots = new Int32Array(0);
    this.#keys = new WordTable(LIKENESS_KEY.words);
  }

  #acknowledge(flow: number, ack: number): void {
    if (flow >= this.#ack.length) {
      const length = Math.max(flow + 1, this.#ack.length * 2);
      this.#ack = grown(this.#ack, length);
      const hasAck = new Uint8Array(length);
      hasAck.set(this.#hasAck);
      this.#hasAck = hasAck;
    }
    if (this.#hasAck[flow] === 1 && (ack - (this.#ack[flow] ?? 0)) << 0 < 0) return;
    this.#hasAck[flow] = 1;
    this.#ack[flow] = ack | 0;
  }

  #wait(
    { low, high, lengthBytes, flags, kind, detail, isShort, headerWords }: PacketKey,
    point: number,
    record: number,
  ) {
    const waiting = this.#waiting;
    const at = this.#waitingCount++ * WAITING.words;
    waiting[at + WAITING.low] = low;
    waiting[at + WAITING.high] = high;
    waiting[at + WAITING.info] =
      lengthBytes | (flags << 16) | (kind << 24) | (isShort ? SHORT : 0) | (headerWords << HEADER_WORDS_AT);
    waiting[at + WAITING.detail] = detail;
    waiting[at + WAITING.point] = point;
    waiting[at + WAITING.record] = record;
    if (this.#waitingCount === MOST_WAITING) this.#settle();
  }

  /**
   * Give all that wait their likeness. The slots are far larger than any cache, and the processor waits for each that it
   * looks at; for many that do not depend on each other it waits once.
   */
  #settle(): void {
    const waiting = this.#waiting;
    const end = this.#waitingCount * WAITING.words;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let fetched = 0;
    for (let at = WAITING.low; at < end; at += WAITING.words) fetched |= slots[(waiting[at] ?? 0) & mask] ?? 0;
    this.fetched = fetched;
    for (let at = 0; at < end; at += WAITING.words) {
      const likeness = this.#intern(
        waiting[at + WAITING.low] ?? 0,
        waiting[at + WAITING.high] ?? 0,
        waiting[at + WAITING.info] ?? 0,
        waiting[at + WAITING.detail] ?? 0,
      );
      this.points[waiting[at + WAITING.point] ?? 0]?.setLikeness(waiting[at + WAITING.record] ?? 0, likeness);
    }
    this.#waitingCount = 0;
  }

  #intern(low: number, high: number, info: number, detail: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const keys = this.#keys;
    const tag = high & ~LIKENESS_MASK;
    let slot = low & mask;
    for (;;) {
      const found = slots[slot] ?? 0;
      if (found === 0) break;
      if ((found & ~LIKENESS_MASK) === tag) {
        const known = (found & LIKENESS_MASK) - 1;
        if (keys.word(known, LIKENESS_KEY.low) === low && keys.word(known, LIKENESS_KEY.high) === high) return known;
      }
      slot = (slot + 1) & mask;
    }
    const likeness = this.count++;
    slots[slot] = tag | this.count;
    keys.set(likeness, LIKENESS_KEY.low, low);
    keys.set(likeness, LIKENESS_KEY.high, high);
    this.#likenesses.set(likeness, LIKENESS.info, info);
    this.#likenesses.set(likeness, LIKENESS.detail, detail);
    // Three quarters full: probes stay short, and 5 M packets fit into 2^23 slots.
    if (this.count * 4 > slots.length * 3) this.#growSlots();
    return likeness;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const keys = this.#keys;
    for (let likeness = 0; likeness < this.count; likeness++) {
      let slot = keys.word(likeness, LIKENESS_KEY.low) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = (keys.word(likeness, LIKENESS_KEY.high) & ~LIKENESS_MASK) | (likeness + 1);
    }
    this.#slots = slots;
  }
}

/** How a packet is wrapped: VLAN (0 without, else id and 1) and the tunnel around it. */
function lookOf({ vlan, tunnel }: PacketFields): number {
  return ((vlan + 1) << 4) | tunnel;
}

function grown(column: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(column);
  return longer;
}
