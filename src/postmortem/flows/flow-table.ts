/**
 * The flows of a capture, found by their key in a table of fixed size.
 *
 * What is held is bounded: when the table is full, a flow that was not seen for the longest time makes room, and
 * whoever keeps the table is told of it before. So a flood of flows costs time but no memory, and those that go on are
 * kept. The buffer is as large as the bound from the start: the kernel gives its pages as they are written to.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { directedHash } from './flow-hash.ts';
import { FlowKey } from './flow-key.ts';
import {
  COMMON,
  FLOW_STATE,
  flowBytes,
  KEY,
  KEY_WORDS,
  RECORD_WORDS,
  SIDE,
  SIDE_AT,
  SIDE_WORDS,
  UNKNOWN_WINDOW,
  vlansOf,
  WINDOW_SCALE,
  whatOf,
} from './flow-record.ts';
import { isRecent, RECENT_PLACES, recentPlace, recentTag } from './recent-flows.ts';

/** 61 MB when all are in use: the whole program stays below 150 MB. */
export const MOST_FLOWS = 190_000;

/** Of a word of the index: the flow, which is one of fewer than 2^18, and of the hash what is above. */
export const FLOW_PART = 0x3_ffff;
const HASH_PART = ~FLOW_PART;

/** How the packet that was looked up lies to its flow. */
export interface Found {
  /** 1 when it was not there before. */
  isNew: boolean;
  /** Which side sent it. */
  side: 0 | 1;
}

/** What the short way of a segment needs of a table: see tcp/next-segment.ts. */
export type SegmentRecords = Pick<FlowTable, 'words' | 'numbers' | 'recent' | 'seen' | 'clock'>;

export class FlowTable {
  /** All records; of a flow, from `flow * RECORD_WORDS` and `flow * RECORD_NUMBERS`. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly numbers: Float64Array;
  readonly found: Found = { isNew: false, side: 0 };
  readonly #most: number;
  /** Linear probing; flow + 1 (0: free) below, and as much of the upper end of its hash as there is room for above. */
  readonly #index: Int32Array;
  /** By flow: the hash of its key. */
  readonly #hashes: Int32Array;
  /** Seen since the hand passed the last time. */
  readonly seen: Uint8Array;
  /** When the packet was seen that is being looked at, as SIDE_NUMBER.lastTime: handed over as an argument, it is an object each time. */
  readonly clock = new Float64Array(1);
  /** See recent-flows.ts. */
  readonly recent = new Int32Array(RECENT_PLACES);
  readonly #key: FlowKey;
  readonly #forget: (flow: number) => void;
  #used = 0;
  #hand = 0;
  #forgotten = 0;

  /**
   * @param seed Not to be known to whoever made the capture.
   * @param forget Told of a flow before it makes room for another.
   * @param buffer Of another table for as many, which was emptied.
   */
  constructor(
    seed: number,
    forget: (flow: number) => void,
    most = MOST_FLOWS,
    buffer = new ArrayBuffer(flowBytes(most)),
  ) {
    this.words = new Int32Array(buffer);
    this.numbers = new Float64Array(buffer);
    this.#most = most;
    this.#key = new FlowKey(seed);
    if (most > MOST_FLOWS) throw new RangeError(`a table of ${most} flows has no room for their hashes in its index`);
    this.#index = new Int32Array(2 ** Math.ceil(Math.log2(most * 2)));
    this.#hashes = new Int32Array(most);
    this.seen = new Uint8Array(most);
    this.#forget = forget;
  }

  /** The buffer, for another table; this one has no flows any more. */
  emptied(): ArrayBuffer {
    this.words.fill(0, 0, this.#used * RECORD_WORDS);
    this.#used = 0;
    return this.words.buffer;
  }

  /** Records in use: 0 to this, exclusive. */
  get used(): number {
    return this.#used;
  }

  /** How many made room for others. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /**
   * The flow of a packet, entered if it is not there; `found` says the rest.
   *
   * @param sourcePort 0 where the protocol has no ports, or the packet does not show them.
   */
  find(fields: PacketFields, sourcePort: number, destPort: number, point: number): number {
    if (fields.network !== NETWORK.ipv4) return this.#seek(fields, sourcePort, destPort, point);
    const { source3, dest3 } = fields;
    const ports = (sourcePort << 16) | destPort;
    const recent = this.#recall(source3, dest3, ports, whatOf(fields), vlansOf(fields), fields.tunnelId | 0, point);
    if (recent !== -1) {
      this.found.isNew = false;
      this.found.side = recent & 1 ? 1 : 0;
      return recent >> 1;
    }
    const flow = this.#seek(fields, sourcePort, destPort, point);
    const hash = directedHash(source3, dest3, ports);
    this.recent[recentPlace(hash)] = (flow * 2 + this.found.side + 1) ^ recentTag(hash);
    return flow;
  }

  /**
   * The flow that was there last, if it is this one and not replaced: most packets are of flows that were just seen. Which side
   * sends is even odds, so nothing branches on it.
   */
  #recall(
    source: number,
    dest: number,
    ports: number,
    what: number,
    vlans: number,
    tunnelId: number,
    point: number,
  ): number {
    const hash = directedHash(source, dest, ports);
    const sighting = ((this.recent[recentPlace(hash)] as number) ^ recentTag(hash)) - 1;
    if (!isRecent(sighting)) return -1;
    const side = sighting & 1;
    const flow = sighting >> 1;
    const words = this.words;
    const at = flow * RECORD_WORDS;
    const half = side * 16;
    if (
      words[at + KEY.ports] !== ((ports << half) | (ports >>> (-half & 31))) ||
      words[at + 3 + side * 4] !== source ||
      words[at + 7 - side * 4] !== dest ||
      words[at + KEY.what] !== what ||
      words[at + KEY.vlans] !== vlans ||
      words[at + KEY.tunnelId] !== tunnelId ||
      words[at + KEY.point] !== point ||
      ((words[at + COMMON.state] as number) & FLOW_STATE.replaced) !== 0
    )
      return -1;
    this.seen[flow] = 1;
    return sighting;
  }

  #seek(fields: PacketFields, sourcePort: number, destPort: number, point: number): number {
    const hash = this.#takeKey(fields, sourcePort, destPort, point);
    const flow = this.#flowAt(this.#placeOf(hash));
    this.found.isNew = flow === -1;
    if (flow === -1) return this.#enter(hash);
    this.seen[flow] = 1;
    return flow;
  }

  /** The flow of a packet that may have none: -1. */
  lookUp(fields: PacketFields, sourcePort: number, destPort: number, point: number): number {
    return this.#flowAt(this.#placeOf(this.#takeKey(fields, sourcePort, destPort, point)));
  }

  /** A new record for the packet whose flow was just found: the old one stays, to be told of at the end, and is not found any more. */
  replace(flow: number, fields: PacketFields, sourcePort: number, destPort: number, point: number): number {
    const state = flow * RECORD_WORDS + COMMON.state;
    this.words[state] = (this.words[state] as number) | FLOW_STATE.replaced;
    this.#remove(flow);
    return this.#enter(this.#takeKey(fields, sourcePort, destPort, point));
  }

  #takeKey(fields: PacketFields, sourcePort: number, destPort: number, point: number): number {
    const hash = this.#key.take(fields, sourcePort, destPort, point);
    this.found.side = this.#key.side;
    return hash;
  }

  /** Where in the index the key is, or would go. */
  #placeOf(hash: number): number {
    const index = this.#index;
    const mask = index.length - 1;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const held = index[place] as number;
      if (held === 0) return place;
      if (((held ^ hash) & HASH_PART) === 0 && this.#hasKey(((held & FLOW_PART) - 1) * RECORD_WORDS)) return place;
    }
  }

  /** -1: the place is free. */
  #flowAt(place: number): number {
    return ((this.#index[place] as number) & FLOW_PART) - 1;
  }

  /** Word by word: the loop took 12 ns a packet more. */
  #hasKey(at: number): boolean {
    const words = this.words;
    const key = this.#key.words;
    return (
      words[at + KEY.ports] === key[KEY.ports] &&
      words[at + 3] === key[3] &&
      words[at + 7] === key[7] &&
      words[at + KEY.what] === key[KEY.what] &&
      words[at + KEY.vlans] === key[KEY.vlans] &&
      words[at + KEY.tunnelId] === key[KEY.tunnelId] &&
      words[at + KEY.point] === key[KEY.point] &&
      words[at] === key[0] &&
      words[at + 1] === key[1] &&
      words[at + 2] === key[2] &&
      words[at + 4] === key[4] &&
      words[at + 5] === key[5] &&
      words[at + 6] === key[6]
    );
  }

  #enter(hash: number): number {
    const words = this.words;
    const isFresh = this.#used < this.#most;
    const flow = isFresh ? this.#used++ : this.#makeRoom();
    const at = flow * RECORD_WORDS;
    if (!isFresh) words.fill(0, at, at + RECORD_WORDS);
    for (let word = 0; word < KEY_WORDS; word++) words[at + word] = this.#key.words[word] as number;
    words[at + SIDE_AT + SIDE.window] = UNKNOWN_WINDOW;
    words[at + SIDE_AT + SIDE_WORDS + SIDE.window] = UNKNOWN_WINDOW;
    words[at + SIDE_AT + SIDE.windowScale] = WINDOW_SCALE.unknown;
    words[at + SIDE_AT + SIDE_WORDS + SIDE.windowScale] = WINDOW_SCALE.unknown;
    this.#hashes[flow] = hash;
    // Not before its second packet: those of a flood make room for each other.
    this.seen[flow] = 0;
    this.#index[this.#placeOf(hash)] = (hash & HASH_PART) | (flow + 1);
    return flow;
  }

  /** The clock algorithm: the hand takes the first that was not seen since it passed. */
  #makeRoom(): number {
    const seen = this.seen;
    while (seen[this.#hand] === 1) {
      seen[this.#hand] = 0;
      this.#hand = (this.#hand + 1) % this.#most;
    }
    const flow = this.#hand;
    this.#hand = (this.#hand + 1) % this.#most;
    this.#forget(flow);
    this.#forgotten++;
    this.#remove(flow);
    return flow;
  }

  /** Out of the index; what lies behind it moves up, so that no search ends at the hole. */
  #remove(flow: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    let hole = (this.#hashes[flow] as number) & mask;
    while (this.#flowAt(hole) !== flow) {
      // Replaced before: it is not in the index.
      if (index[hole] === 0) return;
      hole = (hole + 1) & mask;
    }
    for (let place = (hole + 1) & mask; index[place] !== 0; place = (place + 1) & mask) {
      const home = (this.#hashes[this.#flowAt(place)] as number) & mask;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      index[hole] = index[place] as number;
      hole = place;
    }
    index[hole] = 0;
  }
}
