/**
 * Linux cooked capture: what `tcpdump -i any` puts in place of the link header where it does not write the second
 * version (sll2.ts), and for devices without a link header of their own. The device is not in it.
 *
 *     0       2       4       6                               14      16
 *     +-------+-------+-------+-------------------------------+-------+
 *     |  pkt  |arphrd |  len  |      link-layer address       | proto |
 *     +-------+-------+-------+-------------------------------+-------+
 *
 * Source: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
 *
 * @module
 */

import { type Mac, macFromBytes } from '../net/mac.ts';
import { type Decoded, decoded, truncated, viewOf } from './decoded.ts';
import { type PacketType, packetTypeOf } from './packet-type.ts';

const AT = { packetType: 0, arphrd: 2, addressBytes: 4, address: 6, protocol: 14 } as const;
const HEADER_BYTES = 16;
const MAC_BYTES = 6;

/** A cooked capture header. */
export interface SllHeader {
  readonly packetType: PacketType;
  /** ARPHRD_*: 1 is Ethernet, 772 the loopback. */
  readonly arphrd: number;
  /** The sender's; `undefined` when the device has no 6-byte addresses. */
  readonly source: Mac | undefined;
  /** EtherType of what follows; small numbers mark frames without one (1: 802.3, 4: 802.2). */
  readonly protocol: number;
}

/** Decode a cooked capture header. */
export function decodeSll(bytes: Uint8Array): Decoded<SllHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('sll', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const hasMac = view.getUint16(AT.addressBytes) === MAC_BYTES;
  return decoded(
    {
      packetType: packetTypeOf(view.getUint16(AT.packetType)),
      arphrd: view.getUint16(AT.arphrd),
      source: hasMac ? macFromBytes(bytes.subarray(AT.address, AT.address + MAC_BYTES)) : undefined,
      protocol: view.getUint16(AT.protocol),
    },
    bytes.subarray(HEADER_BYTES),
  );
}
