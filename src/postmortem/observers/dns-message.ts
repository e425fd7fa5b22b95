/**
 * What an observer needs of a DNS message: its id, what it is, and the name that is asked for.
 *
 * Source: RFC 1035 section 4.1.
 *
 * @module
 */

import type { PacketFields } from '../../wire/fields.ts';

export const DNS_PORT = 53;
const HEADER_BYTES = 12;
const MOST_LABEL_BYTES = 63;
/** Of a name as text. */
const MOST_NAME_BYTES = 255;

export const RCODE = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
} as const;

/** Whether there is a header: the id is `dnsId()`'s then. */
export function hasDnsHeader(fields: PacketFields): boolean {
  return capturedEnd(fields) - fields.payloadAt >= HEADER_BYTES;
}

export function dnsId({ view, payloadAt }: PacketFields): number {
  return view.getUint16(payloadAt);
}

export function isDnsResponse({ view, payloadAt }: PacketFields): boolean {
  return (view.getUint8(payloadAt + 2) & 0x80) !== 0;
}

/** See RCODE. */
export function dnsRcode({ view, payloadAt }: PacketFields): number {
  return view.getUint8(payloadAt + 3) & 0x0f;
}

/** Where the name of the first question begins; -1 without one. */
export function dnsNameAt({ view, payloadAt }: PacketFields): number {
  return view.getUint16(payloadAt + 4) === 0 ? -1 : payloadAt + HEADER_BYTES;
}

/** A name in the form of the wire, without the last dot; `undefined` when it is not all there or is none. */
export function dnsName(bytes: Uint8Array, begin: number, end: number): string | undefined {
  const labels: string[] = [];
  for (let at = begin; at < end; ) {
    const labelBytes = bytes[at] ?? 0;
    if (labelBytes === 0) return labels.join('.') || '.';
    // A pointer (RFC 1035 section 4.1.4) has no sense in the first name of a message.
    if (labelBytes > MOST_LABEL_BYTES || at - begin > MOST_NAME_BYTES || at + 1 + labelBytes > end) return undefined;
    labels.push(labelText(bytes.subarray(at + 1, at + 1 + labelBytes)));
    at += 1 + labelBytes;
  }
  return undefined;
}

/** What is not of a host's name is written `\DDD`, as name servers do (RFC 4343 section 2.1). */
function labelText(label: Uint8Array): string {
  return Array.from(label, (byte) =>
    byte > 0x20 && byte < 0x7f && byte !== 0x2e && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString().padStart(3, '0')}`,
  ).join('');
}

/** Of the IP packet, or of what was captured of it. */
export function capturedEnd({ start, capturedBytes, ipEndAt }: PacketFields): number {
  return Math.min(start + capturedBytes, ipEndAt);
}
