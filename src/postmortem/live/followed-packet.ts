/**
 * One packet on its way: where it has been seen so far. Filled by the Follower, told when it has not been seen for a while,
 * and then used for another packet: a flood of new ones is what the garbage collector would spend a fourth of all time on.
 *
 * @module
 */

import type { PacketFields } from '../../wire/fields.ts';
import type { DirectedFlow } from '../points/flow-ids.ts';
import type { PacketKey } from '../points/packet-key.ts';

/** What became of a packet between the hop before and this one. `hop` counts from 0. */
export type Change =
  | { readonly kind: 'rewritten'; readonly hop: number; readonly before: DirectedFlow; readonly after: DirectedFlow }
  /** Put into a tunnel, or into another one. */
  | { readonly kind: 'wrapped'; readonly hop: number; readonly tunnel: number; readonly tunnelId: number }
  | { readonly kind: 'unwrapped'; readonly hop: number }
  /** Here in other pieces: fragments of IP, segments of TCP, or whole again. */
  | { readonly kind: 'cut'; readonly hop: number };

/** Where bytes lie that nobody will write into. */
export interface PacketBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly capturedBytes: number;
  readonly originalBytes: number;
}

const NO_BYTES = new Uint8Array(0);

export class FollowedPacket implements PacketBytes {
  /** As it was seen first. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  capturedBytes = 0;
  originalBytes = 0;
  seconds = 0;
  nanoseconds = 0;
  /** See KIND. */
  kind = 0;
  /** To a group or to everybody: it branches, and nobody can say where it should have arrived. */
  isGroup = false;
  /** By hop, in the order of time. */
  readonly points: number[] = [];
  readonly timesNs: number[] = [];
  readonly ttls: number[] = [];
  /** By hop: how much of what the IP packet carries was seen there; only where it is cut somewhere. */
  readonly carriedBytes: number[] = [];
  changes: Change[] | undefined;
  /** The last hop is the way in to whoever has its destination address. */
  hasArrived = false;
  isCut = false;
  /** Told as lost: then nobody wonders that it was not answered. */
  isLost = false;
  /** Somebody remembers it after it has been told: it is not used for another packet. */
  isKept = false;
  /** Hops beyond those that are kept: it goes in circles. */
  moreHops = 0;
  /** What the last hop's looks like, to see a change by. */
  flowHash = 0;
  tunnel = 0;
  /** TCP: the bytes that it carries; the first is signed as in PacketFields. */
  sequence = 0;
  sequenceBytes = 0;
  /** All 64 bits of its key, signed. */
  keyLow = 0;
  keyHigh = 0;
  /** In its place of the table, the next one (packet-table.ts). */
  behind: FollowedPacket | undefined;
  /** Of those under one key, the next one. */
  newer: FollowedPacket | undefined;
  /** Of the oldest under its key: the newest. */
  newest: FollowedPacket = this;
  /** What its fragments share; `undefined`: it has none. */
  fragmentId: number | undefined;

  /** From now on it is this packet, which nobody has seen yet. */
  begin(fields: PacketFields, { kind, low, high }: PacketKey, isGroup: boolean): void {
    this.bytes = fields.bytes;
    this.start = fields.start;
    this.capturedBytes = fields.capturedBytes;
    this.originalBytes = fields.originalBytes;
    this.seconds = fields.seconds;
    this.nanoseconds = fields.nanoseconds;
    this.kind = kind;
    this.isGroup = isGroup;
    this.keyLow = low;
    this.keyHigh = high;
    // Not `length = 0`, which gives back the room for the next ones.
    while (this.points.pop() !== undefined) {
      this.timesNs.pop();
      this.ttls.pop();
      this.carriedBytes.pop();
    }
    this.changes = undefined;
    this.hasArrived = false;
    this.isCut = false;
    this.isLost = false;
    this.moreHops = 0;
    this.sequence = 0;
    this.sequenceBytes = 0;
    this.newer = undefined;
    this.newest = this;
    this.fragmentId = undefined;
  }

  /** It has been told, and waits to be another one: what it lay in may go. */
  release(): void {
    this.bytes = NO_BYTES;
    this.capturedBytes = 0;
  }

  get firstNs(): number {
    return this.timesNs[0] ?? 0;
  }

  get lastNs(): number {
    return this.timesNs.at(-1) ?? 0;
  }

  /** Some pieces of it came to the last hop, others did not. */
  get isPartlyLost(): boolean {
    return this.isCut && (this.carriedBytes.at(-1) ?? 0) < Math.max(...this.carriedBytes);
  }
}
