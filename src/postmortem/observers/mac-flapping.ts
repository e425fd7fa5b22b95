/**
 * mac-flapping: one source MAC that is now on this side of the place of the capture and now on that one, so that bridges
 * learn it anew at every turn.
 *
 * Two captures show it. Of all devices of a machine (LINUX_SLL2), which say whether a frame came in or went out: a MAC
 * whose frames go out by a device, and so is known behind another one, and yet come in there. Of several interfaces of
 * one file, which do not: one frame of it is seen at the first interface and then at the second, another one at the
 * second and then at the first. That a frame passes several devices, as a bridge and its port, is neither.
 *
 * ARP and ICMP (neighbor discovery too) are looked at: every host sends them, and ARP floods every port. A failover moves
 * a MAC once, so once there and back is not told.
 *
 * Source: IEEE 802.1Q-2022 section 8.7 (a frame teaches a bridge where its sender is). Seen in test/live/analyze-macs.test.ts.
 *
 * @module
 */

import { NETWORK, PACKET_TYPE, type PacketFields } from '../../wire/fields.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, readFrames, SHOWN_FRAMES, secondsBetween, writeFrame } from '../frame-words.ts';
import { macText, writeMac } from '../mac-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';

const MOST_MACS = 16_384;
/** To the other side, back, and there again. */
const LEAST_TURNS = 3;
/** A turn that took longer is another story. */
const TURN_SECONDS = 60;
/** A frame needs no longer from one device of a machine to the next. */
const SAME_FRAME_SECONDS = 0.1;

// The key: a MAC, its VLAN, and the device, whose index counts within its interface of the file (each may be of another
// namespace); of several interfaces without a direction all together.
const VLAN = 2;
const DEVICE = 3;
const INTERFACE = 4;
const KEY_WORDS = 5;
const ALL_INTERFACES = -1;

// Of a MAC: on which side it was last (0: not known yet), turns, when; the frames of the turns. Of several interfaces, a
// side is where the frame was seen before (the upper half) and after; the first sight of the last frame, and what it was.
const SIDE = 0;
const TURNS = 1;
const LAST = 2;
const SEEN_AT = LAST + FRAME_WORDS;
const SEEN = SEEN_AT + 1;
const LOOK = SEEN + FRAME_WORDS;
const FRAMES = LOOK + 1;

const CAME_IN = 1;
const WENT_OUT = 2;
const MOST_INTERFACES = 0x7fff;
const INTERFACE_BITS = 15;

export class FlappingMacs implements Observer {
  readonly #capture: number;
  readonly #macs: NumberTable;

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#macs = new NumberTable(KEY_WORDS, FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_MACS, seed);
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    const { sourceMacAt, view, packetType, ifindex } = fields;
    // What a tunnel carries was not learned here. An odd first byte is a group's, which sends nothing.
    if (sourceMacAt === -1 || fields.tunnelDepth > 0 || (view.getUint8(sourceMacAt) & 1) === 1) return;
    const { key } = this.#macs;
    writeMac(key, 0, fields, sourceMacAt);
    if (key[0] === 0 && key[1] === 0) return;
    key[VLAN] = fields.vlan;
    if (packetType !== PACKET_TYPE.unknown) {
      // Without the device a frame that is passed on comes in and goes out at one place.
      if (ifindex === 0) return;
      key[DEVICE] = ifindex;
      key[INTERFACE] = interfaceId;
      this.#seeDirected(fields, number);
    } else if (interfaceId < MOST_INTERFACES) {
      key[DEVICE] = ALL_INTERFACES;
      key[INTERFACE] = ALL_INTERFACES;
      this.#seePassing(fields, number, interfaceId);
    }
  }

  #seeDirected(fields: PacketFields, number: number): void {
    const at = this.#macs.claim();
    if (at !== -1) this.#turnTo(fields.packetType === PACKET_TYPE.outgoing ? WENT_OUT : CAME_IN, at, fields, number);
  }

  #seePassing(fields: PacketFields, number: number, interfaceId: number): void {
    const at = this.#macs.claim();
    if (at === -1) return;
    const { words } = this.#macs;
    const look = lookOf(fields);
    const before = words[at + SEEN_AT] ?? 0;
    const sinceSeconds = secondsBetween(words, at + SEEN, fields.seconds, fields.nanoseconds);
    const isSame = before !== 0 && words[at + LOOK] === look && Math.abs(sinceSeconds) < SAME_FRAME_SECONDS;
    if (isSame && before !== interfaceId + 1) {
      // Stamped alike, nobody knows where it was first.
      if (sinceSeconds > 0) this.#turnTo((before << INTERFACE_BITS) | (interfaceId + 1), at, fields, number);
      return;
    }
    words[at + SEEN_AT] = interfaceId + 1;
    words[at + LOOK] = look;
    writeFrame(words, at + SEEN, number, fields);
  }

  /** Only from a side to its opposite is a turn: on a third port it may be for other reasons. */
  #turnTo(side: number, at: number, fields: PacketFields, number: number): void {
    const { words } = this.#macs;
    const before = words[at + SIDE] ?? 0;
    const isTurn =
      before !== 0 &&
      before === oppositeOf(side) &&
      secondsBetween(words, at + LAST, fields.seconds, fields.nanoseconds) < TURN_SECONDS;
    if (isTurn) {
      const turns = words[at + TURNS] ?? 0;
      keepFrame(words, at + FRAMES, turns, number, fields);
      words[at + TURNS] = turns + 1;
    }
    words[at + SIDE] = side;
    writeFrame(words, at + LAST, number, fields);
  }

  missed(): readonly Missed[] {
    return [{ code: 'mac-flapping', packets: this.#macs.refused }];
  }

  conclude({ interfaces }: EndOfCapture): readonly Finding[] {
    const { words, size } = this.#macs;
    const macs = new Map<string, Turns[]>();
    for (let index = 0; index < size; index++) {
      const at = this.#macs.entryAt(index);
      const values = at + KEY_WORDS;
      const turns = words[values + TURNS] ?? 0;
      if (turns < LEAST_TURNS) continue;
      const mac = macText(words, at);
      const name = (id: number) => interfaces[id - 1]?.name ?? `interface ${id - 1}`;
      const device = words[at + DEVICE] ?? 0;
      const side = words[values + SIDE] ?? 0;
      const how =
        device === ALL_INTERFACES
          ? `its frames pass from ${name(side >>> INTERFACE_BITS)} to ${name(side & MOST_INTERFACES)} and from there to here`
          : `its frames go out by ${interfaces.length > 1 ? name((words[at + INTERFACE] ?? 0) + 1) : `ifindex ${device}`} and come in there`;
      const frames = readFrames(this.#capture, words, values + FRAMES, turns);
      macs.set(mac, [...(macs.get(mac) ?? []), { how, turns, frames }]);
    }
    return [...macs].map(([mac, all]) => finding(mac, all));
  }
}

interface Turns {
  readonly how: string;
  readonly turns: number;
  readonly frames: Finding['frames'];
}

function finding(mac: string, all: readonly Turns[]): Finding {
  const most = all.reduce((best, each) => (each.turns > best.turns ? each : best));
  return {
    code: 'mac-flapping',
    severity: 'warning',
    what: `${mac} is now on one side and now on the other: in turn ${most.how}, ${counted(most.turns, 'time')}`,
    why: 'A bridge sends frames for a MAC to the port where it was heard last. One that is heard on two ports gets its frames on either by chance: two devices have it, or a ring of bridges and cables brings frames back',
    frames: most.frames,
    count: most.turns,
    subject: mac,
    likely: ['duplicate-mac'],
    confirm: `bridge fdb show, twice: does the port of ${mac} change? With l2-loop it is a ring, else ip -br link where both ports lead`,
    cannotTell:
      'Whether it is meant: bonding without a partner, or a port that sends frames back to where they came from (hairpin, VEPA)',
  };
}

function oppositeOf(side: number): number {
  if (side === CAME_IN) return WENT_OUT;
  if (side === WENT_OUT) return CAME_IN;
  return ((side & MOST_INTERFACES) << INTERFACE_BITS) | (side >>> INTERFACE_BITS);
}

/** Alike, and within a moment, it is the same frame. */
function lookOf(fields: PacketFields): number {
  const { source3, dest3, originalBytes, network } = fields;
  const kind =
    network === NETWORK.arp ? fields.arpOperation : (fields.icmpType << 16) ^ fields.ipId ^ (fields.icmpSequence << 8);
  let look = Math.imul(source3, 0x9e3779b1) + Math.imul(dest3, 0x85ebca6b);
  look += Math.imul(originalBytes, 0xc2b2ae35) + Math.imul(kind, 0x27d4eb2f);
  return (look ^ (look >>> 15)) | 0;
}
