/**
 * VXLAN header, in front of an Ethernet frame.
 *
 *     0               1                               4                       7       8
 *     +---------------+-------------------------------+-----------------------+-------+
 *     |  flags (I)    |            reserved           |          VNI          |   0   |
 *     +---------------+-------------------------------+-----------------------+-------+
 *
 * Source: RFC 7348 section 5. Nothing in the UDP header says that this is VXLAN: the port does, by agreement.
 * The bits of VXLAN-GBP are passed over; VXLAN-GPE, which may carry no Ethernet frame, is not told apart.
 *
 * @module
 */

import { type Port, toPort } from '../net/port.ts';
import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';

const AT = { flags: 0, vni: 4 } as const;
const HEADER_BYTES = 8;
const VNI_IS_VALID = 0x08;

/** IANA's port. Linux devices made without `dstport` use 8472, from before there was one. */
export const VXLAN_PORTS: readonly Port[] = [4789, 8472].flatMap((port) => toPort(port) ?? []);

/** A VXLAN header. */
export interface VxlanHeader {
  readonly vni: number;
}

/** Decode the payload of a UDP datagram as VXLAN. */
export function decodeVxlan(bytes: Uint8Array): Decoded<VxlanHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('vxlan', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  if ((view.getUint8(AT.flags) & VNI_IS_VALID) === 0) return malformed('vxlan', 'flags', 'the VNI flag is not set');
  return decoded({ vni: view.getUint32(AT.vni) >>> 8 }, bytes.subarray(HEADER_BYTES));
}
