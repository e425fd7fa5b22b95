/**
 * DNS messages: what was asked, and what the answer is.
 *
 *     0       2       4       6       8       10      12
 *     +-------+-------+-------+-------+-------+-------+-----------
 *     |  id   | flags | asked |answers| auth. | more  | questions, answers ...
 *     +-------+-------+-------+-------+-------+-------+-----------
 *
 * Source: RFC 1035 section 4. Not read: the records behind the answers (authority, additional, EDNS), and the data of
 * records other than addresses and names, which is told by its length.
 *
 * @module
 */

import { addressFromBytes } from '../net/address.ts';
import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';
import { dnsNameAt } from './dns-name.ts';

const AT = { id: 0, flags: 2, questions: 4, answers: 6 } as const;
const HEADER_BYTES = 12;
const QUESTION_BYTES = 4;
const RECORD_BYTES = 10;

export const DNS_PORT = 53;

const FLAG = { response: 0x8000, authoritative: 0x0400, cut: 0x0200 } as const;

/** By their numbers: RFC 1035 section 4.1.1, RFC 2136 section 2.2. */
const RCODES: readonly string[] = [
  ...['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'],
  ...['YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'],
];

const TYPE = { a: 1, ns: 2, cname: 5, ptr: 12, aaaa: 28, dname: 39 } as const;
const TYPES = new Map<number, string>([
  ...([
    [1, 'A'],
    [2, 'NS'],
    [5, 'CNAME'],
    [6, 'SOA'],
    [12, 'PTR'],
    [15, 'MX'],
    [16, 'TXT'],
    [28, 'AAAA'],
  ] as const),
  ...([
    [33, 'SRV'],
    [39, 'DNAME'],
    [41, 'OPT'],
    [43, 'DS'],
    [64, 'SVCB'],
    [65, 'HTTPS'],
    [255, 'ANY'],
  ] as const),
]);

export interface DnsQuestion {
  readonly name: string;
  /** `AAAA`, or `TYPE123`. */
  readonly type: string;
}

export interface DnsAnswer extends DnsQuestion {
  readonly ttlSeconds: number;
  /** An address, a name, or how long it is. */
  readonly data: string;
}

/** A DNS message. */
export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  /** 0 is a query; others exist and are rare. */
  readonly opcode: number;
  readonly isAuthoritative: boolean;
  /** TC: the answer did not fit, to be asked for by TCP. */
  readonly isCut: boolean;
  /** `NOERROR`, `NXDOMAIN`, or `RCODE23`. Means something in responses. */
  readonly rcode: string;
  readonly questions: readonly DnsQuestion[];
  /** As far as they were captured. */
  readonly answers: readonly DnsAnswer[];
}

/**
 * Decode the payload of a UDP datagram as DNS.
 *
 * @returns `malformed` when a name goes round in circles or beyond its end; of a capture that is cut within the
 * answers, those before.
 */
export function decodeDns(bytes: Uint8Array): Decoded<DnsMessage> {
  if (bytes.length < HEADER_BYTES) return truncated('dns', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const flags = view.getUint16(AT.flags);
  const questions: DnsQuestion[] = [];
  let at = HEADER_BYTES;
  for (let left = view.getUint16(AT.questions); left > 0; left--) {
    const name = dnsNameAt(bytes, at);
    if (name === undefined) return malformed('dns', 'question', 'its name has no end');
    if (name.end + QUESTION_BYTES > bytes.length) return truncated('dns', name.end + QUESTION_BYTES, bytes);
    questions.push({ name: name.text, type: typeText(view.getUint16(name.end)) });
    at = name.end + QUESTION_BYTES;
  }
  const answers: DnsAnswer[] = [];
  for (let left = view.getUint16(AT.answers); left > 0; left--) {
    const answer = answerAt(bytes, view, at);
    if (answer === undefined) break;
    answers.push(answer.record);
    at = answer.end;
  }
  const header = {
    id: view.getUint16(AT.id),
    isResponse: (flags & FLAG.response) !== 0,
    opcode: (flags >> 11) & 0x0f,
    isAuthoritative: (flags & FLAG.authoritative) !== 0,
    isCut: (flags & FLAG.cut) !== 0,
    rcode: RCODES[flags & 0x0f] ?? `RCODE${flags & 0x0f}`,
    questions,
    answers,
  };
  return decoded(header, bytes.subarray(at));
}

function answerAt(
  bytes: Uint8Array,
  view: DataView,
  start: number,
): { readonly record: DnsAnswer; readonly end: number } | undefined {
  const name = dnsNameAt(bytes, start);
  if (name === undefined || name.end + RECORD_BYTES > bytes.length) return undefined;
  const type = view.getUint16(name.end);
  const ttlSeconds = view.getUint32(name.end + 4);
  const dataAt = name.end + RECORD_BYTES;
  const end = dataAt + view.getUint16(name.end + 8);
  if (end > bytes.length) return undefined;
  return {
    record: { name: name.text, type: typeText(type), ttlSeconds, data: dataText(bytes, type, dataAt, end) },
    end,
  };
}

function dataText(bytes: Uint8Array, type: number, start: number, end: number): string {
  const lengthBytes = end - start;
  if ((type === TYPE.a && lengthBytes === 4) || (type === TYPE.aaaa && lengthBytes === 16)) {
    return addressFromBytes(bytes.subarray(start, end));
  }
  const isName = type === TYPE.cname || type === TYPE.ns || type === TYPE.ptr || type === TYPE.dname;
  const name = isName ? dnsNameAt(bytes.subarray(0, end), start) : undefined;
  return name?.text ?? `${lengthBytes} bytes`;
}

function typeText(type: number): string {
  return TYPES.get(type) ?? `TYPE${type}`;
}
