/**
 * Which hosts have which trouble with each other, how often, and the frames that show it first: what the findings are
 * written from. A pair is who sent what is wrong, to whom, and the port of the service, at one point of the capture.
 *
 * Only trouble makes an entry, and the number of entries is bounded; what has no room is counted by code alone.
 *
 * @module
 */

import { hashNumbers, joinHalves, lowerTerm, upperTerm } from '../flows/flow-hash.ts';
import { KEY, RECORD_WORDS } from '../flows/flow-record.ts';
import type { TcpFindingCode } from './finding-code.ts';
import { TROUBLE, TroubledSides } from './troubled-sides.ts';

/** One that shows it. */
export interface SeenFrame {
  readonly number: number;
  /** As the times of the flow records. */
  readonly time: number;
}

/** One kind of trouble of one pair. */
export interface Trouble {
  count: number;
  readonly frames: SeenFrame[];
  /** What the code counts beside: repetitions of a SYN, nanoseconds of a closed window, bytes of a segment. */
  extra: number;
}

export interface TroubledPair {
  /** Words of the sender's address and of the other's, as in KEY.address. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly isIpv6: boolean;
  /** The port of the service, wherever it is; `toService`: it is the other's. */
  readonly port: number;
  readonly toService: boolean;
  readonly point: number;
  readonly troubles: Map<TcpFindingCode, Trouble>;
  /** Segments with payload, SYN or FIN that the sender sent in the flows in trouble. */
  segments: number;
}

const MOST_PAIRS = 4096;
const SHOWN_FRAMES = 4;
const KEY_WORDS = 10;

export class TroubledPairs {
  readonly pairs: TroubledPair[] = [];
  /** What had no room. */
  readonly others = new Map<TcpFindingCode, Trouble>();
  readonly sides: TroubledSides;
  #segments = 0;
  readonly #numbers: Int32Array;
  readonly #index = new Int32Array(MOST_PAIRS * 2);
  readonly #words: Int32Array;

  /** @param words Of the flow table. */
  constructor(seed: number, words: Int32Array) {
    this.#numbers = hashNumbers(seed, KEY_WORDS);
    this.#words = words;
    this.sides = new TroubledSides(words);
  }

  /** Of all flows that have ended. */
  get segments(): number {
    return this.#segments;
  }

  /** @param side Who sent what is wrong. */
  add(
    code: TcpFindingCode,
    flow: number,
    side: number,
    servicePort: number,
    toService: boolean,
    frame: number,
    time: number,
    extra = 0,
  ): void {
    const pair = this.#pairOf(flow, side, servicePort, toService);
    const troubles = pair?.troubles ?? this.others;
    let trouble = troubles.get(code);
    if (trouble === undefined) {
      trouble = { count: 0, frames: [], extra: 0 };
      troubles.set(code, trouble);
    }
    trouble.count++;
    trouble.extra += extra;
    if (trouble.frames.length < SHOWN_FRAMES) trouble.frames.push({ number: frame, time });
  }

  /** More of what `extra` counts, where the pair has this trouble. */
  extend(code: TcpFindingCode, flow: number, side: number, servicePort: number, toService: boolean, by: number): void {
    const trouble = this.#pairOf(flow, side, servicePort, toService)?.troubles.get(code);
    if (trouble !== undefined) trouble.extra += by;
  }

  /** A flow has ended: how much its side sent, in trouble or not. */
  addSegments(flow: number, side: number, segments: number): void {
    this.#segments += segments;
    const pair = this.#remembered(flow, side);
    if (pair !== undefined) pair.segments += segments;
  }

  #remembered(flow: number, side: number): TroubledPair | undefined {
    const entry = this.sides.words[this.sides.wordsAt(flow, side) + TROUBLE.pair] as number;
    // Asked for what is before its beginning, an array is a dictionary, and ten times as slow.
    return entry === 0 ? undefined : this.pairs[entry - 1];
  }

  /** So that it is sought once a flow. */
  #remember(flow: number, side: number, entry: number): void {
    this.sides.enter(flow, side);
    this.sides.words[this.sides.wordsAt(flow, side) + TROUBLE.pair] = entry;
  }

  #pairOf(flow: number, side: number, port: number, toService: boolean): TroubledPair | undefined {
    const remembered = this.#remembered(flow, side);
    if (remembered !== undefined) return remembered;
    const words = this.#words;
    const record = flow * RECORD_WORDS;
    const from = record + side * 4;
    const to = record + (1 - side) * 4;
    const point = words[record + KEY.point] as number;
    const numbers = this.#numbers;
    const portWord = port * 2 + (toService ? 1 : 0);
    let upper = upperTerm(numbers, 8, portWord) + upperTerm(numbers, 9, point);
    let lower = lowerTerm(numbers, 8, portWord) + lowerTerm(numbers, 9, point);
    for (let word = 0; word < 4; word++) {
      upper += upperTerm(numbers, word, words[from + word] as number);
      upper += upperTerm(numbers, 4 + word, words[to + word] as number);
      lower += lowerTerm(numbers, word, words[from + word] as number);
      lower += lowerTerm(numbers, 4 + word, words[to + word] as number);
    }
    const mask = this.#index.length - 1;
    let place = joinHalves(upper | 0, lower | 0) & mask;
    for (; this.#index[place] !== 0; place = (place + 1) & mask) {
      const found = this.#index[place] as number;
      const pair = this.pairs[found - 1];
      if (pair === undefined || pair.port !== port || pair.toService !== toService || pair.point !== point) continue;
      if (!equalWords(pair.from, words, from) || !equalWords(pair.to, words, to)) continue;
      this.#remember(flow, side, found);
      return pair;
    }
    if (this.pairs.length === MOST_PAIRS) return undefined;
    const pair: TroubledPair = {
      from: words.slice(from, from + 4),
      to: words.slice(to, to + 4),
      isIpv6: (((words[record + KEY.what] as number) >> 8) & 0xf) === 6,
      port,
      toService,
      point,
      troubles: new Map(),
      segments: 0,
    };
    this.pairs.push(pair);
    this.#index[place] = this.pairs.length;
    this.#remember(flow, side, this.pairs.length);
    return pair;
  }
}

function equalWords(address: Int32Array, words: Int32Array, at: number): boolean {
  return (
    address[3] === words[at + 3] &&
    address[2] === words[at + 2] &&
    address[1] === words[at + 1] &&
    address[0] === words[at]
  );
}
