/**
 * PPP over Ethernet, with the PPP header in it: how many a provider's line begins.
 *
 *     0       1       2               4               6               8
 *     +-------+-------+---------------+---------------+---------------+
 *     |ver typ| code  |    session    |    length     |   protocol    |
 *     +-------+-------+---------------+---------------+---------------+
 *
 * Source: RFC 2516 section 4; RFC 1661 (uncompressed protocol field).
 *
 * @module
 */

import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';

const AT = { version: 0, code: 1, session: 2, lengthBytes: 4, protocol: 6 } as const;
const HEADER_BYTES = 8;
const VERSION_AND_TYPE = 0x11;

export const PPP_PROTOCOL = { ipv4: 0x0021, ipv6: 0x0057 } as const;

/** A PPPoE session header. */
export interface PppoeHeader {
  readonly session: number;
  /** See PPP_PROTOCOL; the others negotiate. */
  readonly protocol: number;
}

/** Decode a frame of a PPPoE session. */
export function decodePppoe(bytes: Uint8Array): Decoded<PppoeHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('pppoe', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const version = view.getUint8(AT.version);
  if (version !== VERSION_AND_TYPE) return malformed('pppoe', 'version', `0x${version.toString(16)} is not 0x11`);
  const header = { session: view.getUint16(AT.session), protocol: view.getUint16(AT.protocol) };
  return decoded(header, bytes.subarray(HEADER_BYTES));
}
