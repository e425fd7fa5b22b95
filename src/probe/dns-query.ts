/**
 * A DNS query as the payload of a UDP probe: a name server keeps silent about what is none.
 *
 * It asks for an address in `invalid.`, which exists nowhere, so that the answer (NXDOMAIN) is small and teaches the
 * server nothing. The probe's mark is its beginning: the id and the first letters of the name are random, 32 bits in
 * all, and the attempt's number is a byte of the name, where any byte may stand.
 *
 * Source: RFC 1035 section 4.1; RFC 2181 section 11 on the bytes of a name; RFC 6761 section 6.4 on `invalid.`.
 *
 * @module
 */

import { randomBytes, randomInt } from 'node:crypto';
import { NONCE_BYTES } from './identity.ts';

/** Recursion desired; one question. */
const FLAGS_AND_COUNTS = [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
const ID_BYTES = 2;
const LABEL_LENGTH_AT = ID_BYTES + FLAGS_AND_COUNTS.length;
/** `invalid.`, and an IPv4 address (A) of the internet (IN). */
const TAIL = Buffer.from('\x07invalid\0\0\x01\0\x01', 'latin1');
const LONGEST_LABEL = 63;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Whether a query can have this length, with the mark in it. */
export function isQueryLength(payloadBytes: number): boolean {
  const label = labelBytes(payloadBytes);
  return label > NONCE_BYTES - LABEL_LENGTH_AT && label <= LONGEST_LABEL;
}

/** The mark, which is how every query of one probe begins. */
export function queryNonce(payloadBytes: number): Uint8Array {
  const letters = Array.from({ length: NONCE_BYTES - LABEL_LENGTH_AT - 1 }, () => LETTERS.charCodeAt(randomInt(36)));
  return Uint8Array.from([...randomBytes(ID_BYTES), ...FLAGS_AND_COUNTS, labelBytes(payloadBytes), ...letters]);
}

/** The whole query of one attempt. */
export function dnsQuery(nonce: Uint8Array, attempt: number, payloadBytes: number): Buffer {
  const filler = Buffer.alloc(payloadBytes - nonce.length - 1 - TAIL.length, 'x');
  return Buffer.concat([nonce, Buffer.from([attempt]), filler, TAIL]);
}

function labelBytes(payloadBytes: number): number {
  return payloadBytes - LABEL_LENGTH_AT - 1 - TAIL.length;
}
