/**
 * UDP header.
 *
 *     0               2               4               6               8
 *     +---------------+---------------+---------------+---------------+
 *     |  source port  |   dest port   |    length     |   checksum    |
 *     +---------------+---------------+---------------+---------------+
 *
 * Source: RFC 768. Not decoded: jumbograms (RFC 2675, length 0), which read as malformed.
 *
 * @module
 */

import type { Port } from '../net/port.ts';
import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';

const AT = { sourcePort: 0, destPort: 2, lengthBytes: 4, checksum: 6 } as const;
const HEADER_BYTES = 8;

/** A UDP header as the sender meant it; every field is in host byte order. */
export interface UdpHeader {
  readonly sourcePort: Port;
  readonly destPort: Port;
  /** Header and payload together, as the sender claims; the capture may hold less. */
  readonly lengthBytes: number;
  /** `undefined` when the sender computed none (RFC 768: an all-zero checksum). */
  readonly checksum: number | undefined;
}

/**
 * Decode a UDP datagram.
 *
 * @param bytes The IP payload, starting at the UDP header. Not copied: the payload answered is a view on it.
 * @returns The header; `truncated` when the capture ends inside it; `malformed` when its length field
 * says less than the header itself.
 */
export function decodeUdp(bytes: Uint8Array): Decoded<UdpHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('udp', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const lengthBytes = view.getUint16(AT.lengthBytes);
  if (lengthBytes < HEADER_BYTES) {
    return malformed('udp', 'length', `${lengthBytes} is less than the ${HEADER_BYTES}-byte header`);
  }
  return decoded(
    {
      sourcePort: view.getUint16(AT.sourcePort) as Port,
      destPort: view.getUint16(AT.destPort) as Port,
      lengthBytes,
      checksum: view.getUint16(AT.checksum) || undefined,
    },
    bytes.subarray(HEADER_BYTES, lengthBytes),
    Math.max(0, lengthBytes - bytes.length),
  );
}
