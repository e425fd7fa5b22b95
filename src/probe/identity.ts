/**
 * What marks a probe's own packets, so that other traffic, other people's pings and a second nsdiag are never counted.
 *
 * The marks are chosen to survive address translation, which changes addresses, ports and the ICMP id:
 *   ICMP  16 random bytes, repeated as the payload (`ping -p`)
 *   UDP   15 random bytes and the number of the attempt, at the start of the payload
 *   TCP   the initial sequence number, which the kernel draws; it is learned where the connection starts, from the
 *         source port that our socket was given
 * Limits: a TCP proxy (SYNPROXY, a mesh sidecar) starts a connection of its own, which is not recognised behind it; nor is
 * a connection whose own namespace translates the source port.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import type { Port } from '../net/port.ts';

export type Identity =
  | {
      readonly kind: 'icmp';
      /** Repeated from the start of the payload. */
      readonly pattern: Uint8Array;
      readonly payloadBytes: number;
    }
  /** Which attempt, counted from 1, was given which local port. */
  | { readonly kind: 'tcp'; readonly attempts: ReadonlyMap<Port, number> }
  | { readonly kind: 'udp'; readonly nonce: Uint8Array };

/** As many as `ping -p` takes. */
export const PATTERN_BYTES = 16;
/** Of a UDP payload; the attempt's number follows. */
export const NONCE_BYTES = 15;

export function randomPattern(): Uint8Array {
  return randomBytes(PATTERN_BYTES);
}

export function randomNonce(): Uint8Array {
  return randomBytes(NONCE_BYTES);
}
