/**
 * Who was asked and has not answered: echo requests, SYNs and ARP requests, as they are told (Follower). What arrives and
 * is not answered was dropped behind the last place that tcpdump can see, or its answer never set out. An answer that takes
 * longer than it may is one all the same: what had been given up is taken back.
 *
 * @module
 */

import { NETWORK, type PacketFields, TCP_FLAG } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';

/** Who asks whom: by this an answer finds its question, as the asker sees both. */
interface Asked {
  readonly key: string;
  readonly isAnswer: boolean;
}

const ICMP_ECHO = { request: 8, reply: 0, request6: 128, reply6: 129 } as const;
const ARP = { request: 1, reply: 2 } as const;
/** More are not waited for: under a flood of questions the oldest are let go, and not counted. */
const MOST_OPEN = 10_000;
/** As many that were given up may still be answered; of more, the oldest stay without. */
const MOST_GIVEN_UP = 10_000;

/** ARP and SYNs are asked again and again; of one that is asked more often, the rest stay without an answer. */
const MOST_TIMES = 100;

export interface AnswersOptions<Question> {
  /** How long an answer may take. */
  readonly waitMs: number;
  /** It has not been answered so far. @returns What takes that back, should the answer come later. */
  readonly onUnanswered: (question: Question) => (afterNs: number) => void;
}

interface GivenUp {
  readonly askedNs: number;
  /** One for each time that it was asked. */
  readonly takeBack: ((afterNs: number) => void)[];
}

export class Answers<Question> {
  readonly #open = new Map<string, { readonly question: Question; readonly atNs: number }>();
  readonly #givenUp = new Map<string, GivenUp>();
  readonly #waitNs: number;
  readonly #onUnanswered: AnswersOptions<Question>['onUnanswered'];

  constructor({ waitMs, onUnanswered }: AnswersOptions<Question>) {
    this.#waitNs = waitMs * 1e6;
    this.#onUnanswered = onUnanswered;
  }

  /**
   * @param asWho A question as its asker sent it. One that is asked again waits since it was asked first.
   * @returns Whether it is remembered.
   */
  ask(asWho: PacketFields, atNs: number, question: Question): boolean {
    const asked = askedBy(asWho);
    if (asked === undefined || asked.isAnswer || this.#open.size >= MOST_OPEN || this.#open.has(asked.key))
      return false;
    this.#open.set(asked.key, { question, atNs });
    return true;
  }

  /** @param asSeen Any packet, as it is at its last place. */
  answer(asSeen: PacketFields, atNs: number): void {
    const asked = askedBy(asSeen);
    if (asked?.isAnswer !== true) return;
    this.#open.delete(asked.key);
    const late = this.#givenUp.get(asked.key);
    if (late === undefined) return;
    this.#givenUp.delete(asked.key);
    for (const takeBack of late.takeBack) takeBack(atNs - late.askedNs);
  }

  advance(nowNs: number): void {
    this.#giveUp(nowNs - this.#waitNs);
  }

  /** Nothing more comes. @param waitMs How long is enough now: less than before, where the asker has given up itself. */
  finish(nowNs: number, waitMs: number): void {
    this.#giveUp(nowNs - waitMs * 1e6);
    this.#open.clear();
    this.#givenUp.clear();
  }

  /** They were asked one after the other. */
  #giveUp(beforeNs: number): void {
    for (const [key, { question, atNs }] of this.#open) {
      if (atNs > beforeNs) return;
      this.#open.delete(key);
      this.#remember(key, atNs, this.#onUnanswered(question));
    }
  }

  #remember(key: string, askedNs: number, takeBack: (afterNs: number) => void): void {
    const known = this.#givenUp.get(key);
    if (known !== undefined) {
      if (known.takeBack.length < MOST_TIMES) known.takeBack.push(takeBack);
      return;
    }
    const [oldest] = this.#givenUp.size >= MOST_GIVEN_UP ? this.#givenUp.keys() : [];
    if (oldest !== undefined) this.#givenUp.delete(oldest);
    this.#givenUp.set(key, { askedNs, takeBack: [takeBack] });
  }
}

function askedBy(fields: PacketFields): Asked | undefined {
  const { network, protocol, hasTransport, tcpFlags, icmpType } = fields;
  if (network === NETWORK.arp) {
    const isAnswer = fields.arpOperation === ARP.reply;
    // Gratuitous ARP and probes for duplicates ask nobody.
    if (!isAnswer && (fields.source3 === fields.dest3 || fields.source3 === 0)) return undefined;
    return asked('arp', fields, isAnswer, 0);
  }
  if (!hasTransport || fields.fragmentOffsetBytes > 0) return undefined;
  if (protocol === IP_PROTOCOL.tcp) {
    const isOpening = (tcpFlags & TCP_FLAG.syn) !== 0 && (tcpFlags & TCP_FLAG.ack) === 0;
    if (isOpening) return asked('tcp', fields, false, (fields.tcpSeq + 1) | 0);
    const isAnswer = (tcpFlags & (TCP_FLAG.syn | TCP_FLAG.rst)) !== 0;
    return isAnswer ? asked('tcp', fields, true, fields.tcpAck) : undefined;
  }
  if (protocol !== IP_PROTOCOL.icmp && protocol !== IP_PROTOCOL.icmpv6) return undefined;
  const isV4 = protocol === IP_PROTOCOL.icmp;
  const isRequest = icmpType === (isV4 ? ICMP_ECHO.request : ICMP_ECHO.request6);
  const isReply = icmpType === (isV4 ? ICMP_ECHO.reply : ICMP_ECHO.reply6);
  return isRequest || isReply ? asked('echo', fields, isReply, fields.icmpSequence) : undefined;
}

function asked(what: string, fields: PacketFields, isAnswer: boolean, number: number): Asked {
  const { source0, source1, source2, source3, dest0, dest1, dest2, dest3, sourcePort, destPort, icmpId } = fields;
  const source = `${source0},${source1},${source2},${source3}`;
  const dest = `${dest0},${dest1},${dest2},${dest3}`;
  const ports = what === 'tcp' ? (isAnswer ? `${destPort},${sourcePort}` : `${sourcePort},${destPort}`) : '';
  const id = what === 'echo' ? icmpId : 0;
  const ends = isAnswer ? `${dest} ${source}` : `${source} ${dest}`;
  return { key: `${what} ${ends} ${ports} ${id} ${number}`, isAnswer };
}
