/**
 * What is taken down of a packet that was seen, as a row of words: made where packets are read, and kept by `Sightings`,
 * which may be another thread. A *block* holds some hundred rows; who takes a full one gives back an empty one.
 *
 * @module
 */

import { PACKET_TYPE, type PacketFields, STOP, TCP_FLAG } from '../../wire/fields.ts';
import { KIND, PacketKey } from './packet-key.ts';

/** Words of a row. */
export const ROW = {
  /** ROW_STATE. */
  state: 0,
  point: 1,
  /** Of the packet, in its capture. */
  number: 2,
  /** How it looked, see `lookOf()`, and its TTL. */
  lookAndTtl: 3,
  /** A double: nanoseconds after `baseSeconds`. */
  time: 4,
  /** With `detail` it is what makes the packet this one; of what is matchable only, as all that follows. */
  key: 6,
  /** Length of the IP packet, flags, kind, whether it is short, words of TCP's header. */
  info: 7,
  /** See `detailOf()`. */
  detail: 8,
  ack: 9,
  /** See FlowIds. */
  flow: 10,
} as const;
export const FLOW_WORDS = 10;
export const ROW_WORDS = ROW.flow + FLOW_WORDS;

export const ROW_STATE = { matchable: 0, unmatchable: 1, cut: 2 } as const;

/** In the look of a packet; where the capture does not say by which device and which way it went, it has neither bit. */
export const LOOK = { tunnelMask: 0xf, vlanAt: 4, vlanMask: 0x1fff, cameIn: 1 << 17, wentOut: 1 << 18 } as const;

/** In `info`. */
export const INFO = { flagsAt: 16, kindAt: 24, short: 1 << 27, headerWordsAt: 28 } as const;

export const TTL_BITS = 8;

const NANOSECONDS = 1_000_000_000;

export class RowBlock {
  readonly words: Int32Array;
  readonly times: Float64Array;
  rows = 0;

  constructor(buffer: ArrayBufferLike) {
    this.words = new Int32Array(buffer);
    this.times = new Float64Array(buffer);
  }

  static ofRows(rows: number): RowBlock {
    return new RowBlock(new ArrayBuffer(rows * ROW_WORDS * 4));
  }

  /** For threads that hand it to each other. */
  static shared(rows: number): RowBlock {
    return new RowBlock(new SharedArrayBuffer(rows * ROW_WORDS * 4));
  }
}

export class SightingRows {
  /** What times count from: the second of the first packet; `undefined`: none came. */
  baseSeconds: number | undefined;
  readonly #key: PacketKey;
  readonly #full: (block: RowBlock) => RowBlock;
  #block: RowBlock;

  /**
   * @param seed Unknown to whoever sends the packets.
   * @param block Empty, as are those that follow.
   * @param full Takes a block that is full.
   */
  constructor(seed: number, block: RowBlock, full: (block: RowBlock) => RowBlock) {
    this.#key = new PacketKey(seed);
    this.#block = block;
    this.#full = full;
  }

  /** @param number The packet's, in its capture, from 1. */
  write(point: number, fields: PacketFields, number: number): void {
    const block = this.#block;
    const { words } = block;
    const at = block.rows * ROW_WORDS;
    this.baseSeconds ??= fields.seconds;
    words[at + ROW.point] = point;
    words[at + ROW.number] = number;
    block.times[(at + ROW.time) / 2] = (fields.seconds - this.baseSeconds) * NANOSECONDS + fields.nanoseconds;
    const key = this.#key;
    if (key.read(fields)) writeKey(words, at, key, fields);
    else words[at + ROW.state] = fields.stop === STOP.cut ? ROW_STATE.cut : ROW_STATE.unmatchable;
    if (++block.rows * ROW_WORDS === words.length) this.flush();
  }

  /** What is there of the last block. */
  flush(): void {
    if (this.#block.rows > 0) this.#block = this.#full(this.#block);
  }
}

function writeKey(words: Int32Array, at: number, key: PacketKey, fields: PacketFields): void {
  const { lengthBytes, flags, kind, isShort, headerWords } = key;
  words[at + ROW.state] = ROW_STATE.matchable;
  words[at + ROW.lookAndTtl] = (lookOf(fields) << TTL_BITS) | (kind === KIND.arp ? 0 : fields.ttl);
  words[at + ROW.key] = key.high;
  words[at + ROW.info] =
    lengthBytes |
    (flags << INFO.flagsAt) |
    (kind << INFO.kindAt) |
    (isShort ? INFO.short : 0) |
    (headerWords << INFO.headerWordsAt);
  words[at + ROW.detail] = detailOf(key);
  words[at + ROW.ack] = fields.tcpAck;
  const flow = at + ROW.flow;
  words[flow] = (fields.network << 16) | key.protocol;
  words[flow + 1] = (key.sourcePort << 16) | key.destPort;
  words[flow + 2] = fields.source0;
  words[flow + 3] = fields.source1;
  words[flow + 4] = fields.source2;
  words[flow + 5] = fields.source3;
  words[flow + 6] = fields.dest0;
  words[flow + 7] = fields.dest1;
  words[flow + 8] = fields.dest2;
  words[flow + 9] = fields.dest3;
}

/**
 * The detail of a PacketKey, and where it leaves bits free, 16 or more of the key's other half: with the first half they
 * are 48 bits at least, by which hardly two of 25 million packets are taken for alike that are not.
 */
function detailOf({ kind, detail, low }: PacketKey): number {
  switch (kind) {
    case KIND.tcp:
    case KIND.fragment:
      return detail;
    case KIND.arp:
      return low;
    case KIND.echo:
      return detail | (low << 16);
    default:
      return detail | (low & 0xffff);
  }
}

/** How a packet is wrapped, and which way it went: VLAN (0 without, else id and 1), the tunnel around it, LOOK. */
function lookOf({ vlan, tunnel, packetType, ifindex }: PacketFields): number {
  const isKnown = packetType !== PACKET_TYPE.unknown && ifindex !== 0;
  const way = !isKnown ? 0 : packetType === PACKET_TYPE.outgoing ? LOOK.wentOut : LOOK.cameIn;
  return way | ((vlan + 1) << LOOK.vlanAt) | tunnel;
}

/** Whether the row is of a TCP segment with an acknowledgement. */
export function hasAck(info: number): boolean {
  return ((info >>> INFO.kindAt) & 7) === KIND.tcp && ((info >>> INFO.flagsAt) & TCP_FLAG.ack) !== 0;
}
