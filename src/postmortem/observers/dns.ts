/**
 * dns-unanswered and dns-error: queries (UDP, port 53) without a response, and responses that say no.
 *
 * @module
 */

import type { PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { ADDRESS_WORDS, addressText, isMulticastDest, writeDest, writeSource } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, readFrames, SHOWN_FRAMES } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { trafficOf } from '../traffic.ts';
import { dnsErrorFinding } from './dns-error.ts';
import {
  capturedEnd,
  DNS_PORT,
  dnsId,
  dnsName,
  dnsNameAt,
  dnsRcode,
  hasDnsHeader,
  isDnsResponse,
} from './dns-message.ts';
import { DnsStrangers } from './dns-strangers.ts';
import { Exchange, TOO_EARLY, type Unanswered } from './exchange.ts';

/** glibc asks the next server after 5 s; who answers later answers nobody. */
const PATIENCE_SECONDS = 5;
const MOST_ERRORS = 1024;

const PAIR_WORDS = 2 * ADDRESS_WORDS;
/** The pair; the client's port and the id. */
const QUERY_WORDS = PAIR_WORDS + 1;

const COUNT = 0;
const FRAMES = 1;

/** Names are kept for a pair's first query without a response, so many bytes of each. */
const NAME_BYTES = 64;
const FIRST_NAMES = 16;

export class DnsQueries implements Observer {
  readonly #capture: number;
  readonly #exchange: Exchange;
  /** By entry of the exchange's groups. */
  readonly #strangers: DnsStrangers;
  /** By client, server and rcode. */
  readonly #errors: NumberTable;
  readonly #errorNames: (string | undefined)[] = [];
  /** By the entries of the exchange's groups: which query the name is of (0: none), and the name. */
  #named = new Int32Array(FIRST_NAMES);
  #names = new Uint8Array(FIRST_NAMES * NAME_BYTES);

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#exchange = new Exchange(PAIR_WORDS, QUERY_WORDS, PATIENCE_SECONDS, seed);
    this.#strangers = new DnsStrangers(seed);
    this.#errors = new NumberTable(PAIR_WORDS + 1, FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_ERRORS, seed);
  }

  see(fields: PacketFields, number: number): void {
    if (fields.destPort !== DNS_PORT && fields.sourcePort !== DNS_PORT) return;
    if (!hasDnsHeader(fields)) return;
    if (isDnsResponse(fields)) {
      if (fields.sourcePort === DNS_PORT) this.#seeResponse(fields, number);
    } else if (fields.destPort === DNS_PORT && !isMulticastDest(fields)) this.#seeQuery(fields, number);
  }

  /** An ICMP error quotes this packet: a finding of its own, which says more. */
  refuse(quoted: PacketFields): void {
    if (quoted.protocol !== IP_PROTOCOL.udp || quoted.destPort !== DNS_PORT) return;
    if (quoted.payloadAt + 2 > quoted.start + quoted.capturedBytes) return;
    this.#writeQuery(quoted);
    this.#answer();
  }

  missed(): readonly Missed[] {
    return [
      { code: 'dns-unanswered', packets: this.#exchange.groups.refused },
      { code: 'dns-error', packets: this.#errors.refused },
    ];
  }

  conclude({ lastNs }: EndOfCapture): readonly Finding[] {
    if (lastNs === undefined) return [];
    const unanswered = this.#exchange.unanswered(this.#capture, lastNs);
    const answering = this.#exchange.answering();
    return [...unanswered.map((pair) => this.#unansweredFinding(pair, answering)), ...this.#errorFindings()];
  }

  #seeQuery(fields: PacketFields, number: number): void {
    const { key } = this.#exchange.groups;
    writeSource(key, 0, fields);
    writeDest(key, ADDRESS_WORDS, fields);
    this.#writeQuery(fields);
    if (!this.#exchange.ask(number, fields, 0)) return;
    this.#keepName(fields);
    this.#strangers.ask(fields, this.#exchange.group);
  }

  #seeResponse(fields: PacketFields, number: number): void {
    const { key } = this.#exchange.questions;
    writeDest(key, 0, fields);
    writeSource(key, ADDRESS_WORDS, fields);
    key[PAIR_WORDS] = (fields.destPort << 16) | dnsId(fields);
    if (!this.#answer()) this.#strangers.answer(fields);
    const rcode = dnsRcode(fields);
    if (rcode !== 0) this.#seeError(fields, number, rcode);
  }

  #seeError(fields: PacketFields, number: number, rcode: number): void {
    const errors = this.#errors;
    writeDest(errors.key, 0, fields);
    writeSource(errors.key, ADDRESS_WORDS, fields);
    errors.key[PAIR_WORDS] = rcode;
    const at = errors.claim();
    if (at === -1) return;
    const count = errors.words[at + COUNT] ?? 0;
    if (errors.isNew) {
      const nameAt = dnsNameAt(fields);
      this.#errorNames.push(nameAt === -1 ? undefined : dnsName(fields.bytes, nameAt, capturedEnd(fields)));
    }
    keepFrame(errors.words, at + FRAMES, count, number, fields);
    errors.words[at + COUNT] = count + 1;
  }

  #writeQuery(fields: PacketFields): void {
    const { key } = this.#exchange.questions;
    writeSource(key, 0, fields);
    writeDest(key, ADDRESS_WORDS, fields);
    key[PAIR_WORDS] = (fields.sourcePort << 16) | dnsId(fields);
  }

  /** @returns Whether this server was asked. */
  #answer(): boolean {
    if (!this.#exchange.answer()) return false;
    const { group, questions } = this.#exchange;
    if (this.#named[group] === questions.key[PAIR_WORDS]) this.#named[group] = 0;
    return true;
  }

  #keepName(fields: PacketFields): void {
    const { group, questions } = this.#exchange;
    if (group >= this.#named.length) {
      const [named, names] = [this.#named, this.#names];
      this.#named = new Int32Array(named.length * 2);
      this.#named.set(named);
      this.#names = new Uint8Array(names.length * 2);
      this.#names.set(names);
    }
    const nameAt = dnsNameAt(fields);
    if (this.#named[group] !== 0 || nameAt === -1) return;
    this.#named[group] = questions.key[PAIR_WORDS] ?? 0;
    const bytes = Math.min(NAME_BYTES, capturedEnd(fields) - nameAt);
    for (let at = 0; at < bytes; at++) this.#names[group * NAME_BYTES + at] = fields.bytes[nameAt + at] ?? 0;
  }

  /** @param answering Entries of the exchange's groups: who answers whom. */
  #unansweredFinding(pair: Unanswered, answering: readonly number[]): Finding {
    const { words, at, group, asked, answered, lost, isOverdue, frames } = pair;
    const client = addressText(words, at);
    const server = addressText(words, at + ADDRESS_WORDS);
    const begin = group * NAME_BYTES;
    const name = this.#named[group] === 0 ? undefined : dnsName(this.#names, begin, begin + NAME_BYTES);
    const others = answering.flatMap((other) =>
      addressText(words, other) === client ? [addressText(words, other + ADDRESS_WORDS)] : [],
    );
    const queries = answered === 0 ? counted(lost, 'query', 'queries') : `${lost} of ${asked} queries`;
    const stranger = this.#strangers.of(group);
    if (answered === 0 && stranger !== undefined && stranger !== server) {
      return {
        code: 'dns-unanswered',
        severity: 'error',
        what: `${queries} from ${client} to name server ${server} had answers from another address, ${stranger}`,
        why: 'A client takes an answer only from the address that it asked. The server has both, and a program that is bound to neither answers from the one that the route back names',
        frames,
        count: lost,
        likely: ['wrong-source'],
        confirm: `On ${server}: ip route get ${client} (its src); and bind the name server to ${server}`,
        cannotTell: `Whether ${stranger} is the same host, or a NAT on the way does not translate the answer back`,
        about: trafficOf(IP_PROTOCOL.udp, client, server, DNS_PORT),
        subject: `${client} ${server}`,
      };
    }
    return {
      code: 'dns-unanswered',
      severity: answered > 0 ? 'warning' : isOverdue ? 'error' : 'note',
      what: `${queries} from ${client} to name server ${server} had no response${name === undefined ? '' : ` (${name})`}`,
      why:
        answered === 0
          ? `The server never answered this client here: a firewall drops port 53, the server is not there, or its answer finds no way back. ${waiting(others)}`
          : 'The server answers other queries: it is overloaded, limits its rate, or waits in vain for servers of its own',
      frames,
      count: lost,
      likely:
        answered === 0 ? ['firewall-drop', 'no-route', 'nat-missing', 'wrong-source'] : ['tc-drop', 'firewall-drop'],
      confirm: `On ${client}: dig @${server} ${name ?? 'NAME'}; and by TCP: dig +tcp @${server} ${name ?? 'NAME'}`,
      cannotTell: isOverdue ? 'Whether the query or the response was lost' : TOO_EARLY,
      about: trafficOf(IP_PROTOCOL.udp, client, server, DNS_PORT),
      subject: `${client} ${server}`,
    };
  }

  #errorFindings(): readonly Finding[] {
    const { words, size } = this.#errors;
    return Array.from({ length: size }, (_, index) => {
      const at = this.#errors.entryAt(index);
      const count = words[at + PAIR_WORDS + 1 + COUNT] ?? 0;
      return dnsErrorFinding({
        client: addressText(words, at),
        server: addressText(words, at + ADDRESS_WORDS),
        rcode: words[at + PAIR_WORDS] ?? 0,
        name: this.#errorNames[index],
        count,
        frames: readFrames(this.#capture, words, at + PAIR_WORDS + 1 + FRAMES, count),
      });
    });
  }
}

/** What that means for programs. @param others Servers that answer the same client. */
function waiting(others: readonly string[]): string {
  const [first, ...rest] = others;
  if (first === undefined) return 'Programs wait 5 s and more for each';
  const names =
    rest.length === 0 ? `Name server ${first} answers` : `${first} and ${counted(rest.length, 'other')} answer`;
  return `${names} this client: names are resolved in the end, but late, wherever this one is asked first`;
}
