/**
 * Tells that a packet was seen a moment ago on another device of the same machine. The first version of Linux's cooked
 * header (LINUX_SLL, `tcpdump -i any` before libpcap 1.10) does not say on which device a packet was seen: what a router
 * passes on, or a bridge hands up, stands twice in such a capture, and would look as if it had been sent again.
 *
 * Again is what is the same in all that routers leave alone, was addressed otherwise (it comes in first, then goes out),
 * and has the same TTL or one less. What is really sent again comes in anew. Limit: a broadcast that a bridge hands up is
 * addressed alike at both devices, and counts twice.
 *
 * Source: include/uapi/linux/if_packet.h (PACKET_*). Seen in test/live/analyze-any.test.ts.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../wire/fields.ts';
import { FRAME_WORDS, secondsBetween, writeFrame } from './frame-words.ts';

const SLOT_BITS = 12;
/** A packet that waits in a machine for longer is late, and told of as a second one. */
const PASSING_SECONDS = 0.1;
/** A TCP header without options. */
const IDENTITY_BYTES = 20;

// A slot: two hashes, the kinds of address it was seen with (a bit each), its TTL, when it was seen.
const HASH = 0;
const TYPES = 2;
const TTL = 3;
const SEEN = 4;
const SLOT_WORDS = SEEN + FRAME_WORDS + 1;

export class SecondSights {
  /** How many there were. */
  count = 0;
  readonly #slots = new Int32Array(SLOT_WORDS << SLOT_BITS);

  isAgain(fields: PacketFields): boolean {
    const { network, packetType, ttl } = fields;
    if ((network !== NETWORK.ipv4 && network !== NETWORK.ipv6) || packetType < 0) return false;
    const one = hashOf(fields, 0x27d4eb2f);
    const other = hashOf(fields, 0x165667b1);
    const slots = this.#slots;
    const at = (Math.imul(one, 0x9e3779b1) >>> (32 - SLOT_BITS)) * SLOT_WORDS;
    const bit = 1 << packetType;
    const before = slots[at + TTL] ?? 0;
    const isSame =
      slots[at + HASH] === one &&
      slots[at + HASH + 1] === other &&
      ((slots[at + TYPES] ?? 0) & bit) === 0 &&
      (ttl === before || ttl === before - 1) &&
      Math.abs(secondsBetween(slots, at + SEEN, fields.seconds, fields.nanoseconds)) <= PASSING_SECONDS;
    if (isSame) {
      slots[at + TYPES] = (slots[at + TYPES] ?? 0) | bit;
      slots[at + TTL] = ttl;
      this.count++;
      return true;
    }
    slots[at + HASH] = one;
    slots[at + HASH + 1] = other;
    slots[at + TYPES] = bit;
    slots[at + TTL] = ttl;
    writeFrame(slots, at + SEEN, 1, fields);
    return false;
  }
}

/** Who makes packets collide here only makes them count twice. */
function hashOf(fields: PacketFields, seed: number): number {
  const { view, fragmentOffsetBytes } = fields;
  let hash = seed;
  const mix = (value: number) => {
    hash = Math.imul(hash ^ value, 0x85ebca6b);
    hash ^= hash >>> 15;
  };
  mix(fields.source0 ^ fields.source2);
  mix(fields.source1 ^ fields.source3);
  mix(fields.dest0 ^ fields.dest2);
  mix(fields.dest1 ^ fields.dest3);
  mix((fields.ipId << 8) ^ fields.protocol ^ (fragmentOffsetBytes << 16));
  mix(fields.originalBytes);
  // Ports, sequence numbers, the checksum: a NAT changes them, and then it is another packet.
  const start = fragmentOffsetBytes > 0 ? fields.payloadAt : fields.transportAt;
  const isThere = fragmentOffsetBytes > 0 || fields.hasTransport;
  const end = isThere ? Math.min(start + IDENTITY_BYTES, fields.start + fields.capturedBytes) : start;
  for (let at = start; at + 4 <= end; at += 4) mix(view.getInt32(at));
  return hash;
}
