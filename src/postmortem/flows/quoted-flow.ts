/**
 * The packet that an ICMP error quotes, as fields: enough of them to find its flow.
 *
 * Source: RFC 792 (header and 8 bytes at least), RFC 4443 section 3. Not read: quoted extension headers of IPv6.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';

const ICMP = { unreachable: 3, timeExceeded: 11, parameterProblem: 12 } as const;
/** Of ICMPv6, errors are all below this (RFC 4443 section 2.1). */
const ICMPV6_INFORMATIONAL = 128;

/** Whether the packet is an ICMP error. */
export function isIcmpError({
  protocol,
  icmpType,
  hasTransport,
}: Pick<PacketFields, 'protocol' | 'icmpType' | 'hasTransport'>): boolean {
  if (!hasTransport) return false;
  if (protocol === IP_PROTOCOL.icmpv6) return icmpType < ICMPV6_INFORMATIONAL;
  if (protocol !== IP_PROTOCOL.icmp) return false;
  return icmpType === ICMP.unreachable || icmpType === ICMP.timeExceeded || icmpType === ICMP.parameterProblem;
}

/** Whether it says that nothing listens on the port. */
export function isPortUnreachable({ protocol, icmpType, icmpCode }: PacketFields): boolean {
  return protocol === IP_PROTOCOL.icmpv6 ? icmpType === 1 && icmpCode === 4 : icmpType === 3 && icmpCode === 3;
}

/** Whether the host that the packet was for says it, not somebody on the way. */
export function isFromQuotedDest(error: PacketFields, quoted: PacketFields): boolean {
  return (
    error.source3 === quoted.dest3 &&
    error.source2 === quoted.dest2 &&
    error.source1 === quoted.dest1 &&
    error.source0 === quoted.dest0
  );
}

/**
 * @param error The ICMP error.
 * @param quoted Filled with what the packet's flow is found by.
 * @returns Whether there is enough of it.
 */
export function readQuoted(error: PacketFields, quoted: PacketFields): boolean {
  const { view, payloadAt: at } = error;
  const end = error.start + error.capturedBytes;
  quoted.vlan = error.vlan;
  quoted.innerVlan = error.innerVlan;
  quoted.tunnel = error.tunnel;
  quoted.tunnelId = error.tunnelId;
  quoted.source0 = quoted.source1 = quoted.source2 = 0;
  quoted.dest0 = quoted.dest1 = quoted.dest2 = 0;
  let portsAt: number;
  if (error.protocol === IP_PROTOCOL.icmp) {
    if (at + 24 > end || view.getUint8(at) >> 4 !== 4) return false;
    quoted.network = NETWORK.ipv4;
    quoted.protocol = view.getUint8(at + 9);
    quoted.source3 = view.getInt32(at + 12);
    quoted.dest3 = view.getInt32(at + 16);
    portsAt = at + (view.getUint8(at) & 0xf) * 4;
  } else {
    if (at + 44 > end || view.getUint8(at) >> 4 !== 6) return false;
    quoted.network = NETWORK.ipv6;
    quoted.protocol = view.getUint8(at + 6);
    quoted.source0 = view.getInt32(at + 8);
    quoted.source1 = view.getInt32(at + 12);
    quoted.source2 = view.getInt32(at + 16);
    quoted.source3 = view.getInt32(at + 20);
    quoted.dest0 = view.getInt32(at + 24);
    quoted.dest1 = view.getInt32(at + 28);
    quoted.dest2 = view.getInt32(at + 32);
    quoted.dest3 = view.getInt32(at + 36);
    portsAt = at + 40;
  }
  if (portsAt + 4 > end) return false;
  if (quoted.protocol !== IP_PROTOCOL.tcp && quoted.protocol !== IP_PROTOCOL.udp) return false;
  quoted.sourcePort = view.getUint16(portsAt);
  quoted.destPort = view.getUint16(portsAt + 2);
  return true;
}
