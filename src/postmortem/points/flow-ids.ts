/**
 * Numbers for flows of one direction: the same addresses, protocol and ports have the same number at every point.
 *
 * Many flows have few addresses: each of those is kept once, and a flow is 16 bytes.
 *
 * @module
 */

import { type RowIdParts, RowIds } from './row-ids.ts';
import { FLOW_WORDS } from './sighting-rows.ts';

/** Of the words by which a flow is asked for. */
const AT = { what: 0, ports: 1, source: 2, destination: 6 } as const;
const ADDRESS_WORDS = 4;
/** Words of a flow, as it is kept: two of them are numbers of addresses. */
const ROW = { what: 0, ports: 1, source: 2, destination: 3, words: 4 } as const;

const RECENT_BITS = 13;
/** The words by which it was asked for, and its number and 1. */
const RECENT = { flow: FLOW_WORDS, words: FLOW_WORDS + 1 } as const;

export interface DirectedFlow {
  /** See NETWORK. */
  readonly network: number;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destPort: number;
  /** Four words; an IPv4 address is the last. */
  readonly source: readonly number[];
  readonly destination: readonly number[];
}

/** The same as plain data, for another thread. */
export interface FlowParts {
  readonly addresses: RowIdParts;
  readonly flows: RowIdParts;
}

/** It is asked for a flow by FLOW_WORDS words: network and protocol, ports, source, destination. */
export class FlowIds {
  readonly #addresses: RowIds;
  readonly #flows: RowIds;
  readonly #row = new Int32Array(ROW.words);
  /** By a cheap hash of addresses and ports: the flow that was there last. Packets come in bursts of one flow. */
  readonly #recent = new Int32Array(RECENT.words << RECENT_BITS);

  /** @param parts Of another one with the same seed. */
  constructor(seed: number, parts?: FlowParts) {
    this.#addresses = new RowIds(ADDRESS_WORDS, seed, parts?.addresses);
    this.#flows = new RowIds(ROW.words, seed, parts?.flows);
  }

  get count(): number {
    return this.#flows.count;
  }

  parts(): FlowParts {
    return { addresses: this.#addresses.parts(), flows: this.#flows.parts() };
  }

  /** The number of the flow whose words begin at `at`. */
  of(words: Int32Array, at: number): number {
    const recent = this.#recent;
    const source = words[at + 5] ?? 0;
    const dest = words[at + 9] ?? 0;
    const mixed = Math.imul(source, 0x9e3779b1) + Math.imul(dest, 0x85ebca6b);
    const place = (mixed + Math.imul(words[at + AT.ports] ?? 0, 0xc2b2ae35)) >>> (32 - RECENT_BITS);
    const own = place * RECENT.words;
    const known = recent[own + RECENT.flow] ?? 0;
    if (known > 0 && areEqual(recent, own, words, at)) return known - 1;
    const row = this.#row;
    row[ROW.what] = words[at + AT.what] ?? 0;
    row[ROW.ports] = words[at + AT.ports] ?? 0;
    row[ROW.source] = this.#addresses.of(words, at + AT.source);
    row[ROW.destination] = this.#addresses.of(words, at + AT.destination);
    const id = this.#flows.of(row, 0);
    for (let word = 0; word < FLOW_WORDS; word++) recent[own + word] = words[at + word] ?? 0;
    recent[own + RECENT.flow] = id + 1;
    return id;
  }

  /** The flow of the other direction; `undefined` if there was no packet of it. */
  reverseOf(flow: number): number | undefined {
    const row = this.#row;
    const ports = this.#flows.word(flow, ROW.ports);
    row[ROW.what] = this.#flows.word(flow, ROW.what);
    row[ROW.ports] = (ports << 16) | (ports >>> 16);
    row[ROW.source] = this.#flows.word(flow, ROW.destination);
    row[ROW.destination] = this.#flows.word(flow, ROW.source);
    const found = this.#flows.find(row, 0);
    return found < 0 ? undefined : found;
  }

  flow(id: number): DirectedFlow {
    const what = this.#flows.word(id, ROW.what);
    const ports = this.#flows.word(id, ROW.ports);
    return {
      network: what >>> 16,
      protocol: what & 0xffff,
      sourcePort: ports >>> 16,
      destPort: ports & 0xffff,
      source: this.#addressOf(this.#flows.word(id, ROW.source)),
      destination: this.#addressOf(this.#flows.word(id, ROW.destination)),
    };
  }

  #addressOf(id: number): readonly number[] {
    const word = (at: number) => this.#addresses.word(id, at);
    return [word(0), word(1), word(2), word(3)];
  }
}

function areEqual(a: Int32Array, from: number, b: Int32Array, at: number): boolean {
  // The words that differ most come first.
  if (a[from + 1] !== b[at + 1] || a[from + 5] !== b[at + 5] || a[from + 9] !== b[at + 9]) return false;
  for (let word = 0; word < FLOW_WORDS; word++) if (a[from + word] !== b[at + word]) return false;
  return true;
}
