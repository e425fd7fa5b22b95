/**
 * One MPLS label. Nothing says what follows the last one of the stack; the first four bits of an IP packet do.
 *
 *     0                           20      23  24              32
 *     +---------------------------+-------+---+---------------+
 *     |           label           | class | S |      TTL      |
 *     +---------------------------+-------+---+---------------+
 *
 * Source: RFC 3032 section 2.1.
 *
 * @module
 */

import { type Decoded, decoded, truncated, viewOf } from './decoded.ts';

const LABEL_BYTES = 4;

/** An MPLS label. */
export interface MplsLabel {
  readonly label: number;
  readonly trafficClass: number;
  /** S: the last one. */
  readonly isBottom: boolean;
  readonly ttl: number;
}

/** Decode a label. */
export function decodeMpls(bytes: Uint8Array): Decoded<MplsLabel> {
  if (bytes.length < LABEL_BYTES) return truncated('mpls', LABEL_BYTES, bytes);
  const entry = viewOf(bytes).getUint32(0);
  return decoded(
    {
      label: entry >>> 12,
      trafficClass: (entry >>> 9) & 7,
      isBottom: (entry & 0x100) !== 0,
      ttl: entry & 0xff,
    },
    bytes.subarray(LABEL_BYTES),
  );
}
