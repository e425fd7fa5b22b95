/**
 * The loopback header of the BSDs: four bytes, the address family of what follows.
 *
 * LINKTYPE_NULL has it in the byte order of whoever captured, LINKTYPE_LOOP in network order, and IPv6 has another
 * number on every system, so it is told, and the packet says itself which IP it is.
 *
 * Source: https://www.tcpdump.org/linktypes.html, LINKTYPE_NULL and LINKTYPE_LOOP.
 *
 * @module
 */

import { type Decoded, decoded, truncated, viewOf } from './decoded.ts';

const HEADER_BYTES = 4;

/** A loopback header. */
export interface LoopbackHeader {
  /** AF_*, of the system that captured: 2 is IPv4 on all of them. */
  readonly family: number;
}

/** Decode a loopback header. */
export function decodeLoopback(bytes: Uint8Array): Decoded<LoopbackHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('loopback', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  // No family has a number beyond 255: what is larger was written the other way round.
  const family = Math.min(view.getUint32(0), view.getUint32(0, true));
  return decoded({ family }, bytes.subarray(HEADER_BYTES));
}
