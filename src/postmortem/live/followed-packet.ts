/**
 * One packet on its way: where it has been seen so far. Filled by the Follower, told when it has not been seen for a while.
 *
 * @module
 */

import type { DirectedFlow } from '../points/flow-ids.ts';

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

export class FollowedPacket {
  /** As it was seen first. */
  readonly first: PacketBytes;
  readonly seconds: number;
  readonly nanoseconds: number;
  /** See KIND. */
  readonly kind: number;
  /** To a group or to everybody: it branches, and nobody can say where it should have arrived. */
  readonly isGroup: boolean;
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
  /** Hops beyond those that are kept: it goes in circles. */
  moreHops = 0;
  /** What the last hop's looks like, to see a change by. */
  flowHash = 0;
  tunnel = 0;
  /** TCP: the bytes that it carries. */
  readonly sequence: number;
  readonly sequenceBytes: number;
  readonly key: number;
  /** Of those under one key, the next one. */
  newer: FollowedPacket | undefined;
  /** Of the oldest under its key: the newest. */
  newest: FollowedPacket = this;
  /** What its fragments share; `undefined`: it has none. */
  fragmentId: number | undefined;

  constructor(
    first: PacketBytes,
    seconds: number,
    nanoseconds: number,
    kind: number,
    isGroup: boolean,
    key: number,
    sequence: number,
    sequenceBytes: number,
  ) {
    this.first = first;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.kind = kind;
    this.isGroup = isGroup;
    this.key = key;
    this.sequence = sequence;
    this.sequenceBytes = sequenceBytes;
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
