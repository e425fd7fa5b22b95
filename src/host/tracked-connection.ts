/**
 * Connections that conntrack of a namespace knows: what decides over a packet that belongs to one, in place of the nat
 * rules.
 *
 * Source: net/netfilter/nf_conntrack_standalone.c ct_seq_show(); conntrack(8).
 *
 * @module
 */

import type { Address } from '../net/address.ts';

/** One direction, as conntrack matches it. Of ICMP echo, both ports are the id. */
export interface ConnectionTuple {
  readonly source: Address;
  readonly destination: Address;
  readonly sourcePort: number;
  readonly destPort: number;
}

/** One entry. */
export interface TrackedConnection {
  readonly protocol: 'icmp' | 'tcp' | 'udp';
  /** What began it, as it came in. */
  readonly original: ConnectionTuple;
  /** What is taken for an answer: with the addresses that the first packet had when it left. */
  readonly reply: ConnectionTuple;
  /** An answer was seen. */
  readonly isAnswered: boolean;
  readonly mark: number;
  /** Until it is forgotten; every packet begins them anew. */
  readonly secondsLeft: number;
  /** The entry as it is printed. */
  readonly text: string;
}

/** What was read of a table. */
export interface ConnectionTable {
  /** Only those of zone 0, and of protocols that the walk knows. */
  readonly entries: readonly TrackedConnection[];
  /** False when there were more than are read. */
  readonly isWhole: boolean;
}
