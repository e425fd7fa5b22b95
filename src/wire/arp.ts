/**
 * ARP for IPv4 over Ethernet.
 *
 *     0       2       4   5   6       8           14      18          24      28
 *     +-------+-------+---+---+-------+-----------+-------+-----------+-------+
 *     | htype | ptype |hln|pln| oper  |    sha    |  spa  |    tha    |  tpa  |
 *     +-------+-------+---+---+-------+-----------+-------+-----------+-------+
 *
 * Source: RFC 826. Not decoded: other address lengths, which read as malformed.
 *
 * @module
 */

import { type Address, addressFromBytes } from '../net/address.ts';
import { type Mac, macFromBytes } from '../net/mac.ts';
import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';
import { ETHER_TYPE } from './ether-type.ts';

const AT = {
  protocolType: 2,
  hardwareBytes: 4,
  protocolBytes: 5,
  operation: 6,
  senderMac: 8,
  senderAddress: 14,
  targetMac: 18,
  targetAddress: 24,
} as const;
const PACKET_BYTES = 28;

export const ARP_OPERATION = { request: 1, reply: 2 } as const;

/** An ARP packet. Field names are RFC 826's: the target of a request is who is looked for. */
export interface ArpPacket {
  /** See ARP_OPERATION; others exist and are rare. */
  readonly operation: number;
  readonly senderMac: Mac;
  readonly senderAddress: Address;
  /** Zero in most requests: it is what they ask. */
  readonly targetMac: Mac;
  readonly targetAddress: Address;
}

/** Decode an ARP packet. */
export function decodeArp(bytes: Uint8Array): Decoded<ArpPacket> {
  if (bytes.length < PACKET_BYTES) return truncated('arp', PACKET_BYTES, bytes);
  const view = viewOf(bytes);
  const protocolType = view.getUint16(AT.protocolType);
  if (protocolType !== ETHER_TYPE.ipv4) {
    return malformed('arp', 'protocol type', `0x${protocolType.toString(16)} is not IPv4`);
  }
  const lengths = `${view.getUint8(AT.hardwareBytes)} and ${view.getUint8(AT.protocolBytes)}`;
  if (lengths !== '6 and 4')
    return malformed('arp', 'address lengths', `${lengths} bytes are not a MAC and an IPv4 one`);
  return decoded(
    {
      operation: view.getUint16(AT.operation),
      senderMac: macFromBytes(bytes.subarray(AT.senderMac, AT.senderAddress)),
      senderAddress: addressFromBytes(bytes.subarray(AT.senderAddress, AT.targetMac)),
      targetMac: macFromBytes(bytes.subarray(AT.targetMac, AT.targetAddress)),
      targetAddress: addressFromBytes(bytes.subarray(AT.targetAddress, PACKET_BYTES)),
    },
    bytes.subarray(PACKET_BYTES),
  );
}
