/**
 * icmp-unreachable and ttl-exceeded: who refuses which packet, and so which fault it is.
 *
 * What is the sender's to heed (a too long packet is told its MTU) is a note unless it goes on and on. Port unreachable
 * for TCP is left to connection-refused, unless another host says it than the one that was asked.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { ICMP_TYPE } from '../../wire/icmp.ts';
import { ICMPV6_TYPE } from '../../wire/icmpv6.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { writeDest, writeSource } from '../address-words.ts';
import type { Finding } from '../finding.ts';
import { isFromQuotedDest } from '../flows/quoted-flow.ts';
import { FRAME_WORDS, keepFrame, SHOWN_FRAMES } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { icmpErrorFindings } from './icmp-error-text.ts';
import { ERROR_KEY, ERROR_VALUE } from './icmp-error-words.ts';
import type { UnansweredNeighbours } from './neighbour-unanswered.ts';
import { Quotation } from './quotation.ts';
import type { RepeatedPackets } from './repeats.ts';

const MOST_GROUPS = 4096;

/** Told of every packet that an error is about. */
export interface Refused {
  refuse(quoted: PacketFields): void;
}

export class IcmpErrors implements Observer {
  readonly #capture: number;
  readonly #groups: NumberTable;
  readonly #quotation = new Quotation();
  readonly #refused: readonly Refused[];

  readonly #neighbours: UnansweredNeighbours;
  readonly #repeats: RepeatedPackets;

  /**
   * @param neighbours What they found explains what a host tells itself.
   * @param repeats Loops that it found explain expired TTLs.
   */
  constructor(
    capture: number,
    seed: number,
    refused: readonly Refused[],
    neighbours: UnansweredNeighbours,
    repeats: RepeatedPackets,
  ) {
    this.#capture = capture;
    this.#neighbours = neighbours;
    this.#repeats = repeats;
    this.#refused = refused;
    this.#groups = new NumberTable(ERROR_KEY.words, ERROR_VALUE.frames + SHOWN_FRAMES * FRAME_WORDS, MOST_GROUPS, seed);
  }

  see(fields: PacketFields, number: number): void {
    const isInet6 = fields.network === NETWORK.ipv6;
    if (!isError(fields.icmpType, isInet6)) return;
    const isQuoted = this.#quotation.read(fields);
    const quoted = this.#quotation.fields;
    if (isQuoted) for (const refused of this.#refused) refused.refuse(quoted);
    const isRefusal = isQuoted && quoted.protocol === IP_PROTOCOL.tcp && isPortUnreachable(fields, isInet6);
    if (isRefusal && isFromQuotedDest(fields, quoted)) return;
    const { key } = this.#groups;
    key.fill(0);
    writeSource(key, ERROR_KEY.reporter, fields);
    key[ERROR_KEY.isInet6] = isInet6 ? 1 : 0;
    key[ERROR_KEY.type] = fields.icmpType;
    key[ERROR_KEY.code] = fields.icmpCode;
    key[ERROR_KEY.port] = -1;
    if (isQuoted) {
      writeSource(key, ERROR_KEY.source, quoted);
      writeDest(key, ERROR_KEY.dest, quoted);
      key[ERROR_KEY.protocol] = quoted.protocol;
      const hasPorts = quoted.protocol === IP_PROTOCOL.tcp || quoted.protocol === IP_PROTOCOL.udp;
      key[ERROR_KEY.port] = hasPorts ? quoted.destPort : 0;
    }
    const isEcho = isQuoted && quoted.hasTransport && quoted.icmpId !== 0;
    this.#count(fields, number, isEcho ? (quoted.icmpId << 16) | quoted.icmpSequence : 0);
  }

  missed(): readonly Missed[] {
    return [{ code: 'icmp-unreachable', packets: this.#groups.refused }];
  }

  conclude(_end: EndOfCapture): readonly Finding[] {
    return icmpErrorFindings(this.#capture, this.#groups, {
      hasUnanswered: this.#neighbours.hasUnanswered(),
      hasRoutingLoop: this.#repeats.hasRoutingLoop(),
    });
  }

  #count(fields: PacketFields, number: number, sequence: number): void {
    const at = this.#groups.claim();
    if (at === -1) return;
    const { words } = this.#groups;
    const count = words[at + ERROR_VALUE.count] ?? 0;
    // A capture of all devices shows the same error at each that it passes.
    const isAgain = words[at + ERROR_VALUE.ipId] === fields.ipId && words[at + ERROR_VALUE.sequence] === sequence;
    if (count > 0 && isAgain && (fields.ipId !== 0 || sequence !== 0)) return;
    words[at + ERROR_VALUE.ipId] = fields.ipId;
    words[at + ERROR_VALUE.sequence] = sequence;
    words[at + ERROR_VALUE.mtu] =
      fields.network === NETWORK.ipv6 ? (fields.icmpId << 16) | fields.icmpSequence : fields.icmpSequence;
    words[at + ERROR_VALUE.count] = count + 1;
    keepFrame(words, at + ERROR_VALUE.frames, count, number, fields);
  }
}

function isError(type: number, isInet6: boolean): boolean {
  if (isInet6) return type >= ICMPV6_TYPE.unreachable && type <= ICMPV6_TYPE.timeExceeded;
  return type === ICMP_TYPE.unreachable || type === ICMP_TYPE.timeExceeded;
}

function isPortUnreachable({ icmpType, icmpCode }: PacketFields, isInet6: boolean): boolean {
  return isInet6
    ? icmpType === ICMPV6_TYPE.unreachable && icmpCode === 4
    : icmpType === ICMP_TYPE.unreachable && icmpCode === 3;
}
