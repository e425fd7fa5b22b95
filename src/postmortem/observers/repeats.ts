/**
 * routing-loop and l2-loop: the same packet again at the same place, with a smaller TTL, or with the same.
 *
 * A packet is the same when addresses, id, protocol, length and the first bytes behind the IP header are. Only what was
 * seen lately is remembered: 8,192 packets, each in the one slot that its hash names, so that this costs a packet no
 * more than a look. A loop comes round within milliseconds.
 *
 * What a router passes on is seen twice there, and three times where it goes out as it came in; only the way round
 * again counts: the same two MACs (where the link has them), and a TTL that fell twice. Frames count as a loop after
 * ten within a second; ten, because mirror ports and retransmissions make two or three; packets without an id
 * (IPv6, or DF) only when they are sent to a group, for a program may send the same datagram to one host at will.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { isMulticastDest, writeDest, writeSource } from '../address-words.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, SHOWN_FRAMES, secondsBetween, writeFrame } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { LOOP_KEY, LOOP_VALUE, loopFindings } from './loop-text.ts';

const SLOT_BITS = 13;
const MOST_LOOPS = 1024;
/** From one sight to the next. */
const LOOP_SECONDS = 1;
const FALLS = 2;
const COPIES = 10;

// A slot: the other hash of the packet, its TTL, how often it fell, how often the same was seen, the last sight.
const OTHER = 0;
const TTL = 1;
const FALLEN = 2;
const COPY = 3;
const LAST = 4;
const SLOT_WORDS = 8;

export class RepeatedPackets implements Observer {
  readonly #capture: number;
  /** By slot: a hash of the packet. Apart, since nearly all looks end here: what does not stay in the cache is dear. */
  readonly #hashes = new Int32Array(1 << SLOT_BITS);
  readonly #slots = new Int32Array(SLOT_WORDS << SLOT_BITS);
  /** By slot, of a packet that was seen twice. */
  readonly #firsts = new Int32Array(FRAME_WORDS << SLOT_BITS);
  readonly #loops: NumberTable;
  readonly #seed: number;

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#seed = seed | 1;
    this.#loops = new NumberTable(LOOP_KEY.words, LOOP_VALUE.frames + SHOWN_FRAMES * FRAME_WORDS, MOST_LOOPS, seed);
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    const { network, view } = fields;
    if (network === NETWORK.none) return;
    const isArp = network === NETWORK.arp;
    // Sums of products, which do not wait for each other: this is done for every packet there is.
    let one = Math.imul(fields.source3 ^ this.#seed, 0x9e3779b1) + Math.imul(fields.dest3, 0x85ebca6b);
    let other = Math.imul(fields.originalBytes ^ (fields.vlan << 16), 0xc2b2ae35) + fields.tunnelDepth;
    if (network === NETWORK.ipv6) {
      one +=
        Math.imul(fields.source0 ^ fields.dest2, 0x27d4eb2f) + Math.imul(fields.source2 ^ fields.dest0, 0x165667b1);
      other += Math.imul(fields.source1 ^ fields.dest1, 0x27d4eb2f);
    }
    // Of `one`, which chooses the slot: the sights of a packet at two devices must not drive each other out.
    one += Math.imul((interfaceId << 16) ^ (fields.ifindex << 3) ^ fields.packetType, 0x165667b1);
    if (fields.sourceMacAt !== -1) one += Math.imul(view.getInt32(fields.sourceMacAt + 2), 0x9e3779b1);
    if (fields.destinationMacAt !== -1) other += Math.imul(view.getInt32(fields.destinationMacAt + 2), 0x85ebca6b);
    if (isArp) other += fields.arpOperation;
    else {
      one += Math.imul((fields.ipId << 8) ^ fields.protocol ^ (fields.fragmentOffsetBytes << 16), 0xc2b2ae35);
      // Ports, numbers, checksum: what differs between any two packets of a flow is there.
      const at = fields.fragmentOffsetBytes > 0 ? fields.payloadAt : fields.transportAt;
      const end = fields.start + fields.capturedBytes;
      if (at + 8 <= end) {
        one += Math.imul(view.getInt32(at), 0x27d4eb2f) + Math.imul(view.getInt32(at + 4), 0x165667b1);
        if (at + 20 <= end) {
          other += Math.imul(view.getInt32(at + 8) ^ view.getInt32(at + 12), 0x27d4eb2f);
          other += Math.imul(view.getInt32(at + 16), 0xc2b2ae35);
        }
      }
    }
    this.#look(fields, number, interfaceId, one | 0, other | 0);
  }

  /** Whether a packet was seen again with a smaller TTL. */
  hasRoutingLoop(): boolean {
    const { words, size } = this.#loops;
    for (let index = 0; index < size; index++)
      if (words[this.#loops.entryAt(index) + LOOP_KEY.isFrame] === 0) return true;
    return false;
  }

  missed(): readonly Missed[] {
    return [{ code: 'routing-loop', packets: this.#loops.refused }];
  }

  conclude(_end: EndOfCapture): readonly Finding[] {
    return loopFindings(this.#capture, this.#loops);
  }

  #look(fields: PacketFields, number: number, interfaceId: number, one: number, other: number): void {
    const slots = this.#slots;
    const slot = Math.imul(one ^ (one >>> 15), 0x9e3779b1) >>> (32 - SLOT_BITS);
    const at = slot * SLOT_WORDS;
    const ttl = fields.network === NETWORK.arp ? 0 : fields.ttl;
    const isKnown =
      this.#hashes[slot] === one &&
      slots[at + OTHER] === other &&
      slots[at + LAST] !== 0 &&
      Math.abs(secondsBetween(slots, at + LAST, fields.seconds, fields.nanoseconds)) <= LOOP_SECONDS;
    if (!isKnown) {
      this.#hashes[slot] = one;
      slots[at + OTHER] = other;
      slots[at + TTL] = ttl;
      slots[at + FALLEN] = 0;
      slots[at + COPY] = 0;
      writeFrame(slots, at + LAST, number, fields);
      return;
    }
    const isSecond = slots[at + FALLEN] === 0 && slots[at + COPY] === 0;
    if (isSecond) this.#firsts.set(slots.subarray(at + LAST, at + LAST + FRAME_WORDS), slot * FRAME_WORDS);
    writeFrame(slots, at + LAST, number, fields);
    const before = slots[at + TTL] ?? 0;
    slots[at + TTL] = ttl;
    if (ttl < before) {
      const falls = (slots[at + FALLEN] ?? 0) + 1;
      slots[at + FALLEN] = falls;
      if (falls >= FALLS) this.#count(fields, number, interfaceId, slot, false, falls === FALLS);
    } else if (ttl === before && hasIdentity(fields)) {
      const copies = (slots[at + COPY] ?? 0) + 1;
      slots[at + COPY] = copies;
      if (copies >= COPIES) this.#count(fields, number, interfaceId, slot, true, copies === COPIES);
    }
  }

  #count(
    fields: PacketFields,
    number: number,
    interfaceId: number,
    slot: number,
    isFrame: boolean,
    isFirst: boolean,
  ): void {
    const loops = this.#loops;
    writeSource(loops.key, LOOP_KEY.source, fields);
    writeDest(loops.key, LOOP_KEY.dest, fields);
    loops.key[LOOP_KEY.isFrame] = isFrame ? 1 : 0;
    loops.key[LOOP_KEY.isArp] = fields.network === NETWORK.arp ? 1 : 0;
    const at = loops.claim();
    if (at === -1) return;
    const { words } = loops;
    // A packet that goes round passes every place: it is counted at one.
    const place = (interfaceId << 20) ^ (fields.ifindex << 3) ^ fields.packetType;
    if (loops.isNew) {
      const first = this.#firsts.subarray(slot * FRAME_WORDS, (slot + 1) * FRAME_WORDS);
      words.set(first, at + LOOP_VALUE.frames);
      words[at + LOOP_VALUE.sights] = isFrame ? COPIES : FALLS;
      words[at + LOOP_VALUE.kept] = 1;
      words[at + LOOP_VALUE.place] = place;
    }
    const sights = words[at + LOOP_VALUE.sights] ?? 0;
    const kept = words[at + LOOP_VALUE.kept] ?? 0;
    keepFrame(words, at + LOOP_VALUE.frames, kept, number, fields);
    words[at + LOOP_VALUE.kept] = kept + 1;
    words[at + LOOP_VALUE.sights] = sights + 1;
    words[at + LOOP_VALUE.lowestTtl] = fields.ttl;
    if (isFirst && words[at + LOOP_VALUE.place] === place)
      words[at + LOOP_VALUE.packets] = (words[at + LOOP_VALUE.packets] ?? 0) + 1;
  }
}

/** Whether a second one like it can only be a copy. */
function hasIdentity(fields: PacketFields): boolean {
  if (isMulticastDest(fields)) return true;
  return fields.network === NETWORK.ipv4 && fields.ipId !== 0 && fields.protocol !== IP_PROTOCOL.tcp;
}
