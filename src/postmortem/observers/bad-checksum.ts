/**
 * bad-checksum: bytes that changed on the way, as the checksums of IPv4, TCP, UDP and ICMP tell.
 *
 * A sender whose device does checksums leaves the sum of the pseudo-header in the field, and that is what a capture on
 * it shows: offload, not corruption, and not counted; nor is a field of 0, which other systems leave there. A sender of
 * whom every checksum is wrong is taken for one that offloads in a third way. Not checked: fragments, IPv6 with
 * extension headers, and what was cut by the snap length.
 *
 * Of the first 16,384 packets all are checked, of TCP from there on one in 64: adding up all bytes of a large capture would
 * take longer than all else, and a path that damages packets damages many.
 *
 * Source: include/linux/skbuff.h, CHECKSUM_PARTIAL; seen in test/live/bad-offload.test.ts.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { ADDRESS_WORDS, addressText, writeDest, writeSource } from '../address-words.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, readFrames, SHOWN_FRAMES } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { ALL_OF_FIRST, isSample } from '../samples.ts';
import { ALL_ONES, folded, pseudoHeaderSum, sumOf } from './checksum.ts';

const MOST_PAIRS = 1024;
/** Fewer wrong ones than this, and no right one, say nothing about how a sender computes. */
const OFFLOADERS_WRONG = 3;

/** The field's place in the transport header. */
const CHECKSUM_AT = { icmp: 2, tcp: 16, udp: 6 } as const;
const INET_CHECKSUM_AT = 10;

const KIND = 2 * ADDRESS_WORDS;
const KEY_WORDS = KIND + 1;
const WRONG = 0;
const FRAMES = 1;
const NAMES = new Map<number, string>([
  [IP_PROTOCOL.tcp, 'TCP'],
  [IP_PROTOCOL.udp, 'UDP'],
  [IP_PROTOCOL.icmp, 'ICMP'],
  [IP_PROTOCOL.icmpv6, 'ICMPv6'],
]);
/** Stands for the IPv4 header in keys. */
const HEADER = 0;

export class BadChecksums implements Observer {
  readonly #capture: number;
  /** By source, destination and protocol: those with a wrong one. */
  readonly #pairs: NumberTable;
  /** By source and protocol: those with a right one. */
  readonly #right: NumberTable;
  #checked = 0;

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#pairs = new NumberTable(KEY_WORDS, FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_PAIRS, seed);
    this.#right = new NumberTable(ADDRESS_WORDS + 1, 0, MOST_PAIRS, seed);
  }

  see(fields: PacketFields, number: number): void {
    const { protocol } = fields;
    if (protocol === IP_PROTOCOL.tcp && fields.hasTransport && !isSample(number)) return;
    if (fields.network === NETWORK.ipv4) {
      if (!isHeaderRight(fields)) this.#wrong(HEADER, number, fields);
      else if (this.#pairs.size > 0) this.#noteRight(fields, HEADER);
    } else if (hasExtensions(fields)) return;
    if (!fields.hasTransport || fields.moreFragments || fields.fragmentOffsetBytes > 0) return;
    if (fields.ipEndAt > fields.start + fields.capturedBytes) return;
    const field = this.#checksumAt(protocol);
    if (field === -1) return;
    this.#check(fields, number, fields.view.getUint16(fields.transportAt + field));
  }

  #checksumAt(protocol: number): number {
    switch (protocol) {
      case IP_PROTOCOL.tcp:
        return CHECKSUM_AT.tcp;
      case IP_PROTOCOL.udp:
        return CHECKSUM_AT.udp;
      case IP_PROTOCOL.icmp:
      case IP_PROTOCOL.icmpv6:
        return CHECKSUM_AT.icmp;
      default:
        return -1;
    }
  }

  #check(fields: PacketFields, number: number, field: number): void {
    const { view, transportAt, ipEndAt, protocol } = fields;
    // Not computed, which UDP allows; for the others a kind of offload.
    if (field === 0) return;
    this.#checked++;
    const bytes = ipEndAt - transportAt;
    const pseudo = protocol === IP_PROTOCOL.icmp ? 0 : pseudoHeaderSum(fields, protocol, bytes);
    if (folded(pseudo + sumOf(view, transportAt, ipEndAt)) === ALL_ONES) {
      // Only a wrong one asks whether there are right ones: most captures need no table at all.
      if (this.#pairs.size > 0) this.#noteRight(fields, protocol);
      return;
    }
    if (folded(field) === folded(pseudo)) return;
    this.#wrong(protocol, number, fields);
  }

  #noteRight(fields: PacketFields, kind: number): void {
    writeSource(this.#right.key, 0, fields);
    this.#right.key[ADDRESS_WORDS] = kind;
    this.#right.claim();
  }

  #wrong(kind: number, number: number, fields: PacketFields): void {
    const { key } = this.#pairs;
    writeSource(key, 0, fields);
    writeDest(key, ADDRESS_WORDS, fields);
    key[KIND] = kind;
    const at = this.#pairs.claim();
    if (at === -1) return;
    const { words } = this.#pairs;
    const count = words[at + WRONG] ?? 0;
    keepFrame(words, at + FRAMES, count, number, fields);
    words[at + WRONG] = count + 1;
  }

  missed(): readonly Missed[] {
    return [{ code: 'bad-checksum', packets: this.#pairs.refused }];
  }

  conclude({ summary }: EndOfCapture): readonly Finding[] {
    const { words, size } = this.#pairs;
    const findings: Finding[] = [];
    for (let index = 0; index < size; index++) {
      const at = this.#pairs.entryAt(index);
      const count = words[at + KEY_WORDS + WRONG] ?? 0;
      const kind = words[at + KIND] ?? 0;
      this.#right.key.set(words.subarray(at, at + ADDRESS_WORDS));
      this.#right.key[ADDRESS_WORDS] = kind;
      const isOffload = this.#right.find() === -1 && count >= OFFLOADERS_WRONG;
      const source = addressText(words, at);
      const dest = addressText(words, at + ADDRESS_WORDS);
      const name = kind === HEADER ? 'IPv4 header' : (NAMES.get(kind) ?? '');
      findings.push({
        code: 'bad-checksum',
        severity: isOffload ? 'note' : 'error',
        what: `${count} ${name} ${count === 1 ? 'checksum' : 'checksums'} from ${source} to ${dest} ${count === 1 ? 'is' : 'are'} wrong`,
        why: isOffload
          ? `No packet of ${source} has a right one after that: its device computes them after the place of the capture, or the file was changed since (addresses made anonymous)`
          : `The receiver throws such packets away in silence. Not an offload: that leaves the sum of the pseudo-header or 0 in the field, and here is neither${kind === HEADER ? '' : `; ${source} computes others right, or sent too few to tell`}`,
        frames: readFrames(this.#capture, words, at + KEY_WORDS + FRAMES, count),
        count,
        subject: `${kind} ${source} ${dest}`,
        likely: ['bad-offload'],
        confirm: `On the receiver: nstat -az | grep -i csum; on the sender: ethtool -K DEVICE tx off, and see whether it ends`,
        cannotTell: summary.packets > ALL_OF_FIRST ? `How many in all: ${this.#checked} were checked` : undefined,
      });
    }
    return findings;
  }
}

/** A routing header or a home address changes which addresses the checksum is about (RFC 8200 section 8.1). */
function hasExtensions({ network, view, networkAt, protocol }: PacketFields): boolean {
  return network === NETWORK.ipv6 && view.getUint8(networkAt + 6) !== protocol;
}

function isHeaderRight({ view, networkAt }: PacketFields): boolean {
  const end = networkAt + (view.getUint8(networkAt) & 0x0f) * 4;
  if (view.getUint16(networkAt + INET_CHECKSUM_AT) === 0) return true;
  let sum = 0;
  for (let at = networkAt; at < end; at += 2) sum += view.getUint16(at);
  // Of at most 30 words, the carries come to less than a carry of their own.
  return (sum >>> 16) + (sum & ALL_ONES) === ALL_ONES;
}
