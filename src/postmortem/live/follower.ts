/**
 * The same packet found at place after place while it is under way.
 *
 * Packets come from all places in the order of time. What stays the same of a packet (points/packet-key.ts) is looked for
 * among those that were seen a moment ago; one that has not been seen anywhere for `waitMs` is told, and forgotten. So the
 * memory is that of a moment, however long it runs. A datagram and its fragments are one packet, and so are a segment of
 * TCP and those that offload makes of it, whose bytes lie within it.
 *
 * Limits: of packets that are alike to the byte, the first 64 are told apart, oldest first; IP IDs that repeat
 * within the wait join the fragments of two datagrams; segments that were cut where their first piece was lost are new ones.
 *
 * @module
 */

import { PACKET_TYPE, type PacketFields, STOP } from '../../wire/fields.ts';
import type { DirectedFlow } from '../points/flow-ids.ts';
import { KIND, PacketKey } from '../points/packet-key.ts';
import { FollowedPacket, type PacketBytes } from './followed-packet.ts';
import {
  carriedBy,
  flowHashOf,
  flowOf,
  idOf,
  isToGroup,
  lastFlow,
  mayBeCut,
  note,
  restKey,
  tunnelOf,
} from './packet-identity.ts';
import { PacketTable } from './packet-table.ts';

export interface FollowerOptions {
  /** How long a packet may be on its way from one place to the next. */
  readonly waitMs: number;
  /** Unknown to whoever sends the packets. */
  readonly seed: number;
  /** Whether the packet is for who sits at that place; `undefined`: the place is beside its way. */
  readonly arrivesAt: (point: number, fields: PacketFields) => boolean | undefined;
  /** It is seen for the first time, or looks otherwise than before. */
  readonly onLook: (packet: FollowedPacket, fields: PacketFields) => void;
  /** `isKept` tells that it is remembered after the call. */
  readonly onEnd: (packet: FollowedPacket) => void;
  /** The flow of a packet, from its bytes. */
  readonly flowOfBytes: (packet: PacketBytes) => DirectedFlow;
}

const MOST_ALIKE = 64;
const MOST_HOPS = 64;
/** Segments that offload makes one of: 64 KiB of them. */
const MOST_MERGED = 64;
const NS_PER_MS = 1e6;
const COMPACT_AT = 4096;
/** Those of a moment of a flood; a greater one pays for new ones. */
const MOST_FREE = 16_384;

export class Follower {
  /** Packets that no other place could know again. */
  unmatchable = 0;
  /** Of these: packets whose headers the snap length cut. */
  cut = 0;
  /** Packets told. */
  told = 0;
  readonly #options: FollowerOptions;
  readonly #waitNs: number;
  readonly #key: PacketKey;
  readonly #open = new PacketTable();
  /** By IP ID and protocol: what may come in fragments. */
  readonly #byId = new Map<number, FollowedPacket>();
  /** TCP, by the first byte. */
  readonly #bySequence = new Map<number, FollowedPacket>();
  /** TCP, by place and byte: what is still to come of a segment that is cut there. */
  readonly #rest = new Map<number, FollowedPacket>();
  /** Told, and remembered by nobody: for packets to come. */
  readonly #free: FollowedPacket[] = [];
  /** In the order of first sight, from `#head` on. */
  #queue: FollowedPacket[] = [];
  #head = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#waitNs = options.waitMs * NS_PER_MS;
    this.#key = new PacketKey(options.seed);
  }

  /** Packets under way. */
  get underWay(): number {
    return this.#queue.length - this.#head;
  }

  /** A packet was seen. @param point The place and the direction, a number below 2^20. */
  see(point: number, fields: PacketFields, timeNs: number): void {
    const key = this.#key;
    if (!key.read(fields)) {
      this.unmatchable++;
      if (fields.stop === STOP.cut) this.cut++;
      return;
    }
    if (key.kind === KIND.fragment) {
      this.#seeFragment(point, fields, timeNs);
      return;
    }
    const oldest = this.#open.find(key.low, key.high);
    const known = this.#alike(oldest, point, fields.ttl);
    if (known !== undefined) {
      this.#addHop(known, point, fields, timeNs);
      return;
    }
    if (key.kind === KIND.tcp && fields.payloadBytes > 0 && this.#seePiece(point, fields, timeNs)) return;
    const whole = mayBeCut(key, fields) ? this.#byId.get(idOf(fields)) : undefined;
    if (whole?.isCut === true && !whole.points.includes(point)) {
      this.#addHop(whole, point, fields, timeNs);
      note(whole, { kind: 'cut', hop: whole.points.length - 1 });
      return;
    }
    this.#begin(oldest, point, fields, timeNs);
  }

  /** Nothing earlier comes any more: tell what has not been seen for the wait. */
  advance(nowNs: number): void {
    for (; this.#head < this.#queue.length; this.#head++) {
      const packet = this.#queue[this.#head];
      if (packet === undefined || nowNs - packet.lastNs < this.#waitNs) break;
      this.#end(packet);
    }
    if (this.#head < COMPACT_AT || this.#head * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }

  /** Nothing comes any more. */
  finish(): void {
    for (; this.#head < this.#queue.length; this.#head++) {
      const packet = this.#queue[this.#head];
      if (packet !== undefined) this.#end(packet);
    }
  }

  /** @param oldest Of those alike. */
  #begin(oldest: FollowedPacket | undefined, point: number, fields: PacketFields, timeNs: number): FollowedPacket {
    const key = this.#key;
    const packet = this.#free.pop() ?? new FollowedPacket();
    packet.begin(fields, key, isToGroup(fields));
    if (key.kind === KIND.tcp) {
      packet.sequence = fields.tcpSeq;
      packet.sequenceBytes = fields.payloadBytes;
    }
    packet.flowHash = flowHashOf(fields, key.sourcePort, key.destPort);
    packet.tunnel = tunnelOf(fields);
    this.#queue.push(packet);
    if (oldest === undefined) this.#open.add(packet);
    else {
      oldest.newest.newer = packet;
      oldest.newest = packet;
    }
    if (packet.sequenceBytes > 0) this.#bySequence.set(packet.sequence, packet);
    if (mayBeCut(key, fields)) {
      packet.fragmentId = idOf(fields);
      this.#byId.set(packet.fragmentId, packet);
    }
    this.#addHop(packet, point, fields, timeNs);
    return packet;
  }

  #addHop(packet: FollowedPacket, point: number, fields: PacketFields, timeNs: number): void {
    if (packet.points.length === MOST_HOPS) {
      packet.moreHops++;
      packet.timesNs[MOST_HOPS - 1] = timeNs;
      return;
    }
    const hop = packet.points.push(point) - 1;
    packet.timesNs.push(timeNs);
    packet.ttls.push(fields.ttl);
    packet.carriedBytes.push(carriedBy(fields));
    packet.hasArrived = this.#options.arrivesAt(point, fields) ?? packet.hasArrived;
    // Of 10.0.0.255 only the kernel knows on its way in; on its way out it says no more than that.
    if (fields.packetType === PACKET_TYPE.broadcast) packet.isGroup = true;
    if (hop === 0) {
      this.#options.onLook(packet, fields);
      return;
    }
    const { sourcePort, destPort } = this.#key;
    const hash = flowHashOf(fields, sourcePort, destPort);
    // Later fragments have no ports to compare.
    if (hash !== packet.flowHash && this.#key.kind !== KIND.fragment) {
      packet.flowHash = hash;
      const before = lastFlow(packet) ?? this.#options.flowOfBytes(packet);
      note(packet, { kind: 'rewritten', hop, before, after: flowOf(fields, sourcePort, destPort, this.#key.protocol) });
      this.#options.onLook(packet, fields);
    }
    const tunnel = tunnelOf(fields);
    if (tunnel === packet.tunnel) return;
    packet.tunnel = tunnel;
    note(
      packet,
      fields.tunnelDepth === 0
        ? { kind: 'unwrapped', hop }
        : { kind: 'wrapped', hop, tunnel: fields.tunnel, tunnelId: fields.tunnelId },
    );
  }

  /** The oldest of those alike that has not been here; or one that comes here again, older by a few hops. */
  #alike(oldest: FollowedPacket | undefined, point: number, ttl: number): FollowedPacket | undefined {
    let tried = 0;
    for (let packet = oldest; packet !== undefined && tried < MOST_ALIKE; packet = packet.newer, tried++) {
      const before = packet.points.lastIndexOf(point);
      if (before < 0 || ttl < (packet.ttls[before] ?? 0)) return packet;
    }
    return undefined;
  }

  /** One of several pieces of a datagram: the packet is here once the first one is. */
  #seeFragment(point: number, fields: PacketFields, timeNs: number): void {
    const id = idOf(fields);
    const known = this.#byId.get(id);
    if (known === undefined) {
      this.#begin(this.#open.find(this.#key.low, this.#key.high), point, fields, timeNs).isCut = true;
      return;
    }
    const here = known.points.lastIndexOf(point);
    if (here >= 0) {
      known.carriedBytes[here] = (known.carriedBytes[here] ?? 0) + carriedBy(fields);
      return;
    }
    this.#addHop(known, point, fields, timeNs);
    if (!known.isCut) note(known, { kind: 'cut', hop: known.points.length - 1 });
    known.isCut = true;
  }

  /** Bytes of segments that were cut otherwise where they were seen before. @returns Whether they are. */
  #seePiece(point: number, fields: PacketFields, timeNs: number): boolean {
    const { tcpSeq, payloadBytes } = fields;
    const end = (tcpSeq + payloadBytes) | 0;
    const rest = this.#rest.get(restKey(point, tcpSeq));
    if (rest !== undefined) {
      const here = rest.points.lastIndexOf(point);
      rest.carriedBytes[here] = (rest.carriedBytes[here] ?? 0) + payloadBytes;
      this.#rest.delete(restKey(point, tcpSeq));
      const whole = (rest.sequence + rest.sequenceBytes) | 0;
      if (end !== whole) this.#rest.set(restKey(point, end), rest);
      return true;
    }
    let isKnown = false;
    for (let at = tcpSeq, merged = 0; at !== end && merged < MOST_MERGED; merged++) {
      const packet = this.#bySequence.get(at);
      if (packet === undefined || packet.points.includes(point)) break;
      // The same bytes in the same cut, and yet not alike: sent again.
      if (merged === 0 && packet.sequenceBytes === payloadBytes) break;
      const own = Math.min(packet.sequenceBytes, (end - at) >>> 0);
      this.#addHop(packet, point, fields, timeNs);
      packet.carriedBytes[packet.carriedBytes.length - 1] = own;
      note(packet, { kind: 'cut', hop: packet.points.length - 1 });
      packet.isCut = true;
      if (own < packet.sequenceBytes) this.#rest.set(restKey(point, (at + own) | 0), packet);
      at = (at + own) | 0;
      isKnown = true;
    }
    return isKnown;
  }

  #end(packet: FollowedPacket): void {
    const { sequence, sequenceBytes, newer } = packet;
    // The queue is in the order of first sight, and so are those alike: it is the oldest.
    const isOldest = this.#open.find(packet.keyLow, packet.keyHigh) === packet;
    if (isOldest) {
      if (newer !== undefined) newer.newest = packet.newest;
      this.#open.replace(packet, newer);
    }
    if (sequenceBytes > 0 && this.#bySequence.get(sequence) === packet) this.#bySequence.delete(sequence);
    if (this.#rest.size > 0) this.#forgetRest(packet);
    const { fragmentId } = packet;
    if (fragmentId !== undefined && this.#byId.get(fragmentId) === packet) this.#byId.delete(fragmentId);
    this.told++;
    this.#options.onEnd(packet);
    // What was cut may still be waited for by its pieces.
    if (!isOldest || packet.isKept || packet.isCut || this.#free.length >= MOST_FREE) return;
    packet.release();
    this.#free.push(packet);
  }

  #forgetRest(packet: FollowedPacket): void {
    if (packet.isPartlyLost) for (const [key, each] of this.#rest) if (each === packet) this.#rest.delete(key);
  }
}
