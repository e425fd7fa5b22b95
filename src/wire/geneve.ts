/**
 * Geneve header, in front of an Ethernet frame or a packet.
 *
 *     0               1               2               4                       7       8
 *     +---+-----------+-+-+-----------+---------------+-----------------------+-------+---------
 *     |ver| opt words |O|C|           |     type      |          VNI          |   0   | options
 *     +---+-----------+-+-+-----------+---------------+-----------------------+-------+---------
 *
 * Source: RFC 8926 section 3.4. Options are passed over.
 *
 * @module
 */

import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';

const AT = { versionAndWords: 0, etherType: 2, vni: 4 } as const;
const HEADER_BYTES = 8;
const WORD_BYTES = 4;

/** A Geneve header. */
export interface GeneveHeader {
  readonly vni: number;
  /** Of what is carried. */
  readonly etherType: number;
}

/** Decode the payload of a UDP datagram as Geneve. */
export function decodeGeneve(bytes: Uint8Array): Decoded<GeneveHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('geneve', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const first = view.getUint8(AT.versionAndWords);
  if (first >> 6 !== 0) return malformed('geneve', 'version', `${first >> 6} is not 0`);
  const headerBytes = HEADER_BYTES + (first & 0x3f) * WORD_BYTES;
  if (bytes.length < headerBytes) return truncated('geneve', headerBytes, bytes);
  const header = { vni: view.getUint32(AT.vni) >>> 8, etherType: view.getUint16(AT.etherType) };
  return decoded(header, bytes.subarray(headerBytes));
}
