/**
 * Where the numbers of a flow lie: one record of fixed size in one buffer, words (Int32Array) before, doubles
 * (Float64Array) behind, so that one packet touches neighbouring cache lines only. Objects would be 13 times slower.
 *
 * The two ends of a flow are its sides, 0 and 1, in the order of their addresses and ports, so that both directions
 * find the same record. Which of them began is in the state.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';

/** What makes a flow what it is; all of these are equal in all of its packets. */
export const KEY = {
  /** Four words a side; of IPv4 the last one counts. */
  address: 0,
  /** Of side 0 in the upper half. */
  ports: 8,
  /** Protocol, network and kind of tunnel: see whatOf(). */
  what: 9,
  /** Outer and inner VLAN id, plus 1, 0 without. */
  vlans: 10,
  /** VNI or GRE key. */
  tunnelId: 11,
  /** Where it was captured: a packet that is forwarded is seen once a device, and is no copy of itself. */
  point: 12,
} as const;
export const KEY_WORDS = 13;

/** Words of a record that belong to both sides. */
export const COMMON = {
  /** FLOW_STATE. */
  state: 13,
  firstFrame: 14,
  /** The smaller maximum segment size of both SYN, 0 when none was seen. */
  mss: 15,
} as const;

/** Words of one side: of what this side sent. */
export const SIDE = {
  packets: 0,
  baseSeq: 1,
  nextSeq: 2,
  lastAck: 3,
  /** As in the header: unscaled. */
  window: 4,
  maxSeqToBeAcked: 5,
  duplicateAcks: 6,
  lastMarks: 7,
  /** Shift; or WINDOW_SCALE. */
  windowScale: 8,
  /** SIDE_STATE. */
  state: 9,
  /** The entry of TroubledSides, 0: none. */
  trouble: 10,
  /** The acknowledgement of this ends the measurement of a round trip. */
  roundTripSeq: 11,
  roundTrips: 12,
  /** Of the segments that were measured: so large a one did arrive. */
  largestArrived: 13,
  /** Segments with payload, SYN or FIN. */
  segments: 14,
  sentAgain: 15,
  measuredBytes: 16,
} as const;
export const SIDE_AT = 16;
export const SIDE_WORDS = 17;

/** Doubles of one side. Times are nanoseconds since the second in which the capture begins. */
export const SIDE_NUMBER = {
  /** Of the packet that is being looked at, where the side sent it: a double that is handed from function to function is an object each time. */
  lastTime: 0,
  nextSeqTime: 1,
  roundTripStart: 2,
  roundTripSum: 3,
  bytes: 4,
  payloadBytes: 5,
} as const;
/** In doubles from the start of the record. */
export const SIDE_NUMBER_AT = 25;
export const SIDE_NUMBERS = 6;

/** Doubles that belong to both sides, from the start of the record. */
export const COMMON_NUMBER = {
  firstTime: 37,
  /** Of the latest SYN. */
  synTime: 38,
  /** From the SYN to the acknowledgement that ends the handshake, 0 when not seen. */
  handshake: 39,
} as const;
export const RECORD_NUMBERS = 40;
export const RECORD_WORDS = RECORD_NUMBERS * 2;

/** What the records of so many flows take. */
export function flowBytes(flows: number): number {
  return flows * RECORD_NUMBERS * 8;
}

export const FLOW_STATE = {
  /** Side 1 began; else side 0. */
  begunBySide1: 1 << 0,
  synSeen: 1 << 1,
  synAckSeen: 1 << 2,
  /** The handshake is over, or was before the capture began. */
  established: 1 << 3,
  refused: 1 << 4,
  /** By the side that began, or by the other. */
  resetByClient: 1 << 5,
  resetByServer: 1 << 6,
  /** An ICMP error came about it. */
  icmpError: 1 << 7,
  /** ... by which who was asked says that nothing listens. */
  portUnreachable: 1 << 8,
  /** Another one of the same addresses and ports came later. */
  replaced: 1 << 9,
  fragmented: 1 << 10,
  /** The kind of trouble that is told once a flow was told. */
  resetTold: 1 << 11,
  /** The next segment of either side has no marks if it comes in order: see tcp/next-segment.ts. */
  quiet: 1 << 12,
  /** ICMP "port unreachable" came from another host than the one that was asked: a firewall on the way. */
  rejected: 1 << 13,
} as const;

export const SIDE_STATE = {
  baseSeqSet: 1 << 0,
  /** No acknowledgement without SYN since its SYN: whose window is not scaled yet. */
  firstAck: 1 << 1,
  fin: 1 << 2,
  reset: 1 << 3,
  measuring: 1 << 4,
  syn: 1 << 5,
  /** A keep-alive that is not answered. */
  keepAlive: 1 << 6,
  /** A segment was sent again and is not acknowledged: see TROUBLE. */
  stuck: 1 << 7,
  windowClosed: 1 << 8,
} as const;

export const WINDOW_SCALE = { unknown: -1, none: -2 } as const;

/** No segment of the side was seen: this is no closed window. */
export const UNKNOWN_WINDOW = -1;

/** What KEY.vlans and KEY.what are of TCP in IPv4, in no VLAN and no tunnel. */
export const NO_VLANS = 0;
export const PLAIN_SEGMENT = IP_PROTOCOL.tcp | (NETWORK.ipv4 << 8);

/** For KEY.vlans. */
export function vlansOf({ vlan, innerVlan }: PacketFields): number {
  return ((vlan + 1) << 16) | (innerVlan + 1);
}

/** For KEY.what. */
export function whatOf(fields: PacketFields): number {
  return fields.protocol | (fields.network << 8) | (fields.tunnel << 12);
}

/**
 * Into the record of its flow, what every packet is counted by.
 *
 * @param mine Where the words of its side begin. @param myNumbers The doubles.
 */
export function countPacket(
  words: Int32Array,
  numbers: Float64Array,
  mine: number,
  myNumbers: number,
  originalBytes: number,
  payloadBytes: number,
): void {
  words[mine + SIDE.packets] = (words[mine + SIDE.packets] as number) + 1;
  numbers[myNumbers + SIDE_NUMBER.bytes] = (numbers[myNumbers + SIDE_NUMBER.bytes] as number) + originalBytes;
  numbers[myNumbers + SIDE_NUMBER.payloadBytes] =
    (numbers[myNumbers + SIDE_NUMBER.payloadBytes] as number) + payloadBytes;
}
