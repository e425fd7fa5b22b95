/**
 * Linux cooked capture v2: what `tcpdump -i any -y LINUX_SLL2` puts in place of the link header. It says on which
 * device and in which direction the packet was seen; the destination's MAC is not in it.
 *
 *     0       2       4               8       10  11  12                              20
 *     +-------+-------+---------------+-------+---+---+-------------------------------+
 *     | proto | zero  |    ifindex    |arphrd |pkt|len|      link-layer address       |
 *     +-------+-------+---------------+-------+---+---+-------------------------------+
 *
 * The ifindex belongs to the namespace of the capture: elsewhere the number names another device, or none.
 *
 * Source: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
 *
 * @module
 */

import { type Mac, macFromBytes } from '../net/mac.ts';
import { type Decoded, decoded, truncated, viewOf } from './decoded.ts';
import { type PacketType, packetTypeOf } from './packet-type.ts';

const AT = { protocol: 0, ifindex: 4, arphrd: 8, packetType: 10, addressBytes: 11, address: 12 } as const;
const HEADER_BYTES = 20;
const MAC_BYTES = 6;

/** A cooked capture header. */
export interface Sll2Header {
  /** EtherType of what follows; small numbers mark frames without one (1: 802.3, 4: 802.2). */
  readonly protocol: number;
  readonly ifindex: number;
  /** ARPHRD_*: 1 is Ethernet, 772 the loopback. */
  readonly arphrd: number;
  readonly packetType: PacketType;
  /** The sender's; `undefined` when the device has no 6-byte addresses. */
  readonly source: Mac | undefined;
}

/** Decode a cooked capture header. */
export function decodeSll2(bytes: Uint8Array): Decoded<Sll2Header> {
  if (bytes.length < HEADER_BYTES) return truncated('sll2', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const hasMac = view.getUint8(AT.addressBytes) === MAC_BYTES;
  return decoded(
    {
      protocol: view.getUint16(AT.protocol),
      ifindex: view.getUint32(AT.ifindex),
      arphrd: view.getUint16(AT.arphrd),
      packetType: packetTypeOf(view.getUint8(AT.packetType)),
      source: hasMac ? macFromBytes(bytes.subarray(AT.address, AT.address + MAC_BYTES)) : undefined,
    },
    bytes.subarray(HEADER_BYTES),
  );
}
