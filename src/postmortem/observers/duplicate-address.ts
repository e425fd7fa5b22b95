/**
 * duplicate-address: two MACs claim one address, by ARP or neighbor discovery.
 *
 * An address that moves once is a failover, and an announcement of it is how that is done. Two owners show when both
 * answer within a second, when the first comes back after the second, or when somebody who asks whether an address is
 * free hears that it is not. Each device of a capture is looked at alone: a router that stands in for an address
 * (proxy ARP) does so where the owner is not.
 *
 * Source: RFC 5227; RFC 4862 section 5.4.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { ICMPV6_TYPE } from '../../wire/icmpv6.ts';
import { ADDRESS_WORDS, addressText, writeBytes, writeDest, writeSource } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, readFrames, SHOWN_FRAMES, secondsBetween, writeFrame } from '../frame-words.ts';
import { macText, writeMac } from '../mac-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { Places } from './places.ts';

const MOST_ADDRESSES = 16_384;
/** Both owners of an address hear a question at once. */
const BOTH_SECONDS = 1;
/** Coming back after longer is another failover. */
const BACK_SECONDS = 60;

// Of an address: the MAC that has it and the one that had it before, claims that show two owners, the last claim; the
// MAC of who asked last whether it is free, and when.
const PLACE = ADDRESS_WORDS;
const VLAN = ADDRESS_WORDS + 1;
const KEY_WORDS = ADDRESS_WORDS + 2;
const MAC = 0;
const BEFORE = 2;
const CONFLICTS = 4;
const LAST = 5;
const PROBER = LAST + FRAME_WORDS;
const PROBED = PROBER + 2;
const FRAMES = PROBED + FRAME_WORDS;

const TARGET_BYTES = 16;
const TARGET_LINK_LAYER = 2;

export class DuplicateAddresses implements Observer {
  readonly #capture: number;
  readonly #claims: NumberTable;
  readonly #places = new Places();

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#claims = new NumberTable(KEY_WORDS, FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_ADDRESSES, seed);
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    const { key } = this.#claims;
    key[PLACE] = this.#places.indexOf(fields, interfaceId);
    key[VLAN] = fields.vlan;
    if (fields.network === NETWORK.arp) {
      if (fields.source3 === 0) {
        writeDest(key, 0, fields);
        this.#probe(fields.arpSenderMacAt, number, fields);
      } else {
        writeSource(key, 0, fields);
        this.#claim(fields.arpSenderMacAt, number, fields);
      }
    } else if (fields.network === NETWORK.ipv6) this.#seeNd(fields, number);
  }

  #seeNd(fields: PacketFields, number: number): void {
    const { key } = this.#claims;
    if (fields.icmpType === ICMPV6_TYPE.neighborAdvertisement) {
      writeBytes(key, 0, fields, fields.payloadAt);
      const macAt = linkLayerAt(fields);
      if (macAt !== -1) this.#claim(macAt, number, fields);
    } else if (fields.icmpType === ICMPV6_TYPE.neighborSolicitation && isUnspecified(fields)) {
      writeBytes(key, 0, fields, fields.payloadAt);
      if (fields.sourceMacAt !== -1) this.#probe(fields.sourceMacAt, number, fields);
    }
  }

  /** Somebody asks whether the address is free. */
  #probe(macAt: number, number: number, fields: PacketFields): void {
    const at = this.#claims.claim();
    if (at === -1) return;
    const { words } = this.#claims;
    writeMac(words, at + PROBER, fields, macAt);
    writeFrame(words, at + PROBED, number, fields);
  }

  #claim(macAt: number, number: number, fields: PacketFields): void {
    const at = this.#claims.claim();
    if (at === -1) return;
    const { words } = this.#claims;
    const high = fields.view.getInt32(macAt);
    const low = fields.view.getUint16(macAt + 4);
    const isSame = words[at + MAC] === high && words[at + MAC + 1] === low;
    const isBefore = words[at + BEFORE] === high && words[at + BEFORE + 1] === low;
    const isFirst = words[at + MAC] === 0 && words[at + MAC + 1] === 0;
    const sinceSeconds = secondsBetween(words, at + LAST, fields.seconds, fields.nanoseconds);
    const isProber = words[at + PROBER] === high && words[at + PROBER + 1] === low;
    const isProbed = !isProber && secondsBetween(words, at + PROBED, fields.seconds, fields.nanoseconds) < BOTH_SECONDS;
    const isTaken = !isFirst && !isSame && (sinceSeconds < BOTH_SECONDS || (isBefore && sinceSeconds < BACK_SECONDS));
    if (isTaken || isProbed) {
      const count = words[at + CONFLICTS] ?? 0;
      keepFrame(words, at + FRAMES, count, number, fields);
      words[at + CONFLICTS] = count + 1;
    }
    if (!isSame) {
      if (!isFirst) {
        words[at + BEFORE] = words[at + MAC] ?? 0;
        words[at + BEFORE + 1] = words[at + MAC + 1] ?? 0;
      }
      words[at + MAC] = high;
      words[at + MAC + 1] = low;
    }
    writeFrame(words, at + LAST, number, fields);
  }

  missed(): readonly Missed[] {
    return [{ code: 'duplicate-address', packets: this.#claims.refused }];
  }

  conclude({ interfaces }: EndOfCapture): readonly Finding[] {
    const { words, size } = this.#claims;
    const findings: Finding[] = [];
    for (let index = 0; index < size; index++) {
      const at = this.#claims.entryAt(index);
      const values = at + KEY_WORDS;
      const count = words[values + CONFLICTS] ?? 0;
      if (count === 0) continue;
      const address = addressText(words, at);
      const rival = words[values + BEFORE] === 0 && words[values + BEFORE + 1] === 0 ? PROBER : BEFORE;
      const [one, other] = [macText(words, values + MAC), macText(words, values + rival)].sort();
      const place = this.#places.text(words[at + PLACE] ?? 0, interfaces);
      findings.push({
        code: 'duplicate-address',
        severity: 'error',
        what: `${one} and ${other} both claim ${address}${place === undefined ? '' : ` ${place}`}, ${counted(count, 'conflict')}`,
        why: 'Whoever talks to the address reaches the one that answered last: connections break and come back by chance',
        frames: readFrames(this.#capture, words, values + FRAMES, count),
        count,
        likely: ['duplicate-address', 'neighbor-wrong'],
        confirm: `arping -D -I DEVICE ${address}, and ip -br address on whatever has these MACs`,
        subject: address,
        cannotTell: 'Whether both are one machine with two interfaces on this segment (set arp_ignore=1 there)',
      });
    }
    return findings;
  }
}

/** Of the target link-layer option of an advertisement; -1 without. */
function linkLayerAt({ view, payloadAt, start, capturedBytes }: PacketFields): number {
  const at = payloadAt + TARGET_BYTES;
  if (at + 8 > start + capturedBytes || view.getUint8(at) !== TARGET_LINK_LAYER) return -1;
  return at + 2;
}

function isUnspecified({ source0, source1, source2, source3 }: PacketFields): boolean {
  return (source0 | source1 | source2 | source3) === 0;
}
