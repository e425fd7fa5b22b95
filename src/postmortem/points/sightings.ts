/**
 * Which packet was seen where and when, of all capture points together: some 28 bytes a sighting, however large the
 * packet. Packets may come from the points in any order, one file after the other or as they are captured.
 *
 * What has the same key is one *likeness*: usually one packet, seen once a point; where a point has several, only the
 * time tells which is which. Nothing is concluded here.
 *
 * @module
 */

import { type PacketFields, STOP, TCP_FLAG } from '../../wire/fields.ts';
import { FlowIds } from './flow-ids.ts';
import { KIND, PacketKey } from './packet-key.ts';

const FIRST_RECORDS = 1024;
const NO_LIKENESS = -1;
const NANOSECONDS = 1_000_000_000;
/** In `#info`. */
const SHORT = 1 << 27;
const HEADER_WORDS_AT = 28;

/** About 700 MB. */
const MOST_SIGHTINGS = 25_000_000;

/** Of a slot; the bits above are of the key, so that hardly any other likeness is looked at, which lies far away. */
const LIKENESS_BITS = 25;
const LIKENESS_MASK = (1 << LIKENESS_BITS) - 1;

/** So many cache lines a processor fetches at a time, and some more. */
const MOST_WAITING = 64;
const WAITING = { low: 0, high: 1, info: 2, detail: 3, point: 4, record: 5, words: 6 } as const;

/** What was seen at one place, in the order of the capture. */
export class PointRecords {
  length = 0;
  likeness = new Int32Array(FIRST_RECORDS);
  flow = new Int32Array(FIRST_RECORDS);
  ttl = new Uint8Array(FIRST_RECORDS);
  /** Nanoseconds after `Sightings.baseSeconds`. */
  timeNs = new Float64Array(FIRST_RECORDS);
  /** By flow: how its packets looked here, see `lookOf`. */
  look = new Int32Array(FIRST_RECORDS);
  /** Packets that no other point could know again. */
  unmatchable = 0;
  /** Of these: packets whose headers the snap length cut. */
  cut = 0;
  /** Numbers of the packets in their capture; `undefined` while they are 1, 2, 3 ... */
  #numbers: Int32Array | undefined;

  numberOf(record: number): number {
    return this.#numbers === undefined ? record + 1 : (this.#numbers[record] ?? 0);
  }

  /** @returns Its index. */
  add(likeness: number, flow: number, ttl: number, timeNs: number, number: number): number {
    const record = this.length++;
    if (record === this.likeness.length) this.#grow();
    this.likeness[record] = likeness;
    this.flow[record] = flow;
    this.ttl[record] = ttl;
    this.timeNs[record] = timeNs;
    if (this.#numbers === undefined && number !== record + 1) {
      this.#numbers = new Int32Array(this.likeness.length);
      for (let before = 0; before < record; before++) this.#numbers[before] = before + 1;
    }
    if (this.#numbers !== undefined) this.#numbers[record] = number;
    return record;
  }

  setLook(flow: number, look: number): void {
    if (flow >= this.look.length) this.look = grown(this.look, Math.max(flow + 1, this.look.length * 2));
    this.look[flow] = look;
  }

  #grow(): void {
    const length = this.likeness.length * 2;
    this.likeness = grown(this.likeness, length);
    this.flow = grown(this.flow, length);
    const ttl = new Uint8Array(length);
    ttl.set(this.ttl);
    this.ttl = ttl;
    const timeNs = new Float64Array(length);
    timeNs.set(this.timeNs);
    this.timeNs = timeNs;
    if (this.#numbers !== undefined) this.#numbers = grown(this.#numbers, length);
  }
}

export class Sightings {
  readonly points: PointRecords[] = [];
  readonly flows: FlowIds;
  /** How many likenesses there are. */
  count = 0;
  total = 0;
  /** More packets came than are kept: nothing can be said about those. */
  isFull = false;
  baseSeconds: number | undefined;
  /** By likeness, packed: length of the IP packet, flags, kind, whether it is short, words of TCP's header. */
  #info = new Int32Array(FIRST_RECORDS);
  #detail = new Int32Array(FIRST_RECORDS);
  /** By flow. */
  #ack = new Int32Array(FIRST_RECORDS);
  #hasAck = new Uint8Array(FIRST_RECORDS);
  #low = new Int32Array(FIRST_RECORDS);
  #high = new Int32Array(FIRST_RECORDS);
  /** 0: free, else a likeness and 1, and the upper bits of its key. */
  #slots = new Int32Array(FIRST_RECORDS * 2);
  readonly #key: PacketKey;
  /** Keys whose likeness is not known yet: see `#settle()`. */
  readonly #waiting = new Int32Array(MOST_WAITING * WAITING.words);
  #waitingCount = 0;
  /** Of no meaning: V8 leaves out a read whose value goes nowhere. */
  fetched = 0;

  /** @param seed Unknown to whoever sends the packets. @param sampleBytes See PacketKey. */
  constructor(seed: number, sampleBytes?: number) {
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
    const likeness = this.points[point]?.likeness[record] ?? NO_LIKENESS;
    return likeness === NO_LIKENESS ? undefined : likeness;
  }

  /** The same for whoever does not ask for the likeness, in a fraction of the time. @returns The record; -1: none. */
  note(point: number, fields: PacketFields, number: number): number {
    const records = this.points[point];
    if (records === undefined) return -1;
    if (this.total >= MOST_SIGHTINGS) {
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
      return records.add(NO_LIKENESS, NO_LIKENESS, 0, timeNs, number);
    }
    const flow = this.flows.of(fields, key);
    const record = records.add(NO_LIKENESS, flow, key.kind === KIND.arp ? 0 : fields.ttl, timeNs, number);
    records.setLook(flow, lookOf(fields));
    if (key.kind === KIND.tcp && (key.flags & TCP_FLAG.ack) !== 0) this.#acknowledge(flow, fields.tcpAck);
    this.#wait(key, point, record);
    return record;
  }

  /** Of a likeness. */
  kind(likeness: number): number {
    return ((this.#info[likeness] ?? 0) >>> 24) & 7;
  }

  flags(likeness: number): number {
    return ((this.#info[likeness] ?? 0) >>> 16) & 0xff;
  }

  lengthBytes(likeness: number): number {
    return (this.#info[likeness] ?? 0) & 0xffff;
  }

  /** Of TCP's header, in words of 32 bits. */
  headerWords(likeness: number): number {
    return (this.#info[likeness] ?? 0) >>> HEADER_WORDS_AT;
  }

  /** Whether a part of what would tell it from others was cut by the snap length. */
  isShort(likeness: number): boolean {
    return ((this.#info[likeness] ?? 0) & SHORT) !== 0;
  }

  /** The highest acknowledgement number of a TCP flow, anywhere; `undefined`: none. */
  highestAck(flow: number): number | undefined {
    return this.#hasAck[flow] === 1 ? this.#ack[flow] : undefined;
  }

  /** See PacketKey. */
  detail(likeness: number): number {
    return this.#detail[likeness] ?? 0;
  }

  /** Nothing more will be seen: what only `see` needs may go. */
  close(): void {
    this.#settle();
    this.#slots = new Int32Array(0);
    this.#low = this.#slots;
    this.#high = this.#slots;
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
      const records = this.points[waiting[at + WAITING.point] ?? 0];
      if (records !== undefined) records.likeness[waiting[at + WAITING.record] ?? 0] = likeness;
    }
    this.#waitingCount = 0;
  }

  #intern(low: number, high: number, info: number, detail: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const tag = high & ~LIKENESS_MASK;
    let slot = low & mask;
    for (;;) {
      const found = slots[slot] ?? 0;
      if (found === 0) break;
      if ((found & ~LIKENESS_MASK) === tag) {
        const known = (found & LIKENESS_MASK) - 1;
        if (this.#low[known] === low && this.#high[known] === high) return known;
      }
      slot = (slot + 1) & mask;
    }
    const likeness = this.count++;
    slots[slot] = tag | this.count;
    if (likeness === this.#low.length) {
      const length = likeness * 2;
      this.#low = grown(this.#low, length);
      this.#high = grown(this.#high, length);
      this.#info = grown(this.#info, length);
      this.#detail = grown(this.#detail, length);
    }
    this.#low[likeness] = low;
    this.#high[likeness] = high;
    this.#info[likeness] = info;
    this.#detail[likeness] = detail;
    // Three quarters full: probes stay short, and 5 M packets fit into 2^23 slots.
    if (this.count * 4 > slots.length * 3) this.#growSlots();
    return likeness;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const low = this.#low;
    const high = this.#high;
    for (let likeness = 0; likeness < this.count; likeness++) {
      let slot = (low[likeness] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = ((high[likeness] ?? 0) & ~LIKENESS_MASK) | (likeness + 1);
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
