/**
 * Ethernet II header.
 *
 *     0                       6                       12      14
 *     +-----------------------+-----------------------+-------+
 *     |      destination      |        source         | type  |
 *     +-----------------------+-----------------------+-------+
 *
 * VLAN tags follow as headers of their own (vlan.ts). Of an 802.3 frame, whose type is a length, only that is said.
 *
 * Source: IEEE 802.3 section 3.2.
 *
 * @module
 */

import { type Mac, macFromBytes } from '../net/mac.ts';
import { type Decoded, decoded, truncated, viewOf } from './decoded.ts';

const AT = { destination: 0, source: 6, etherType: 12 } as const;
const HEADER_BYTES = 14;

/** An Ethernet header. */
export interface EthernetHeader {
  readonly destination: Mac;
  readonly source: Mac;
  /** Below 1536 it is the length of an 802.3 frame. */
  readonly etherType: number;
}

/** Decode an Ethernet frame. @param bytes Starting at the destination address, without preamble. */
export function decodeEthernet(bytes: Uint8Array): Decoded<EthernetHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('ethernet', HEADER_BYTES, bytes);
  return decoded(
    {
      destination: macFromBytes(bytes.subarray(AT.destination, AT.source)),
      source: macFromBytes(bytes.subarray(AT.source, AT.etherType)),
      etherType: viewOf(bytes).getUint16(AT.etherType),
    },
    bytes.subarray(HEADER_BYTES),
  );
}
