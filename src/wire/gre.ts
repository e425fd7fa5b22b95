/**
 * GRE: a tunnel for whatever has an EtherType, Ethernet frames among them (gretap).
 *
 *     0               2               4
 *     +-+-+-+-+-------+---------------+---------------+---------------+---------------+
 *     |C|R|K|S| |ver  |     type      |  checksum, -  |      key      |   sequence    |
 *     +-+-+-+-+-------+---------------+---------------+---------------+---------------+
 *                                      if C            if K            if S
 *
 * Source: RFC 2784, RFC 2890. Not decoded: version 1 (PPTP's) and routing, deprecated before anybody used it.
 *
 * @module
 */

import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';

const AT = { flags: 0, etherType: 2, options: 4 } as const;
const HEADER_BYTES = 4;
const OPTION_BYTES = 4;
const FLAG = { checksum: 0x8000, routing: 0x4000, key: 0x2000, sequence: 0x1000 } as const;
const VERSION = 0x0007;

/** A GRE header. */
export interface GreHeader {
  /** Of what is carried. */
  readonly etherType: number;
  readonly key: number | undefined;
  readonly sequence: number | undefined;
}

/** Whether it is the GRE that is decoded here. @param bytes May be cut. */
export function isPlainGre(bytes: Uint8Array): boolean {
  return bytes.length < HEADER_BYTES || (viewOf(bytes).getUint16(AT.flags) & (FLAG.routing | VERSION)) === 0;
}

/** Decode a GRE header. */
export function decodeGre(bytes: Uint8Array): Decoded<GreHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('gre', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const flags = view.getUint16(AT.flags);
  if (!isPlainGre(bytes)) return malformed('gre', 'flags', `0x${flags.toString(16)} is no plain GRE`);
  const keyAt = AT.options + (flags & FLAG.checksum ? OPTION_BYTES : 0);
  const sequenceAt = keyAt + (flags & FLAG.key ? OPTION_BYTES : 0);
  const headerBytes = sequenceAt + (flags & FLAG.sequence ? OPTION_BYTES : 0);
  if (bytes.length < headerBytes) return truncated('gre', headerBytes, bytes);
  return decoded(
    {
      etherType: view.getUint16(AT.etherType),
      key: flags & FLAG.key ? view.getUint32(keyAt) : undefined,
      sequence: flags & FLAG.sequence ? view.getUint32(sequenceAt) : undefined,
    },
    bytes.subarray(headerBytes),
  );
}
