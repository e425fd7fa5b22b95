/**
 * A packet as the walk carries it: the fields that the kernel's decisions look at, no bytes.
 *
 * @module
 */

import { type Address, type Family, familyOf } from '../net/address.ts';
import type { Port } from '../net/port.ts';

/** Echo stands for ICMPv6 echo in an IPv6 packet; the other two are neighbour discovery's, which only IPv6 has. */
export type IcmpMessage = 'echo-request' | 'echo-reply' | 'neighbor-solicitation' | 'neighbor-advertisement';

/** What the IP packet carries. */
export type Transport =
  | { readonly protocol: 'icmp'; readonly message: IcmpMessage; readonly id: number }
  /** Fragmentation needed (IPv4) or packet too big (IPv6): a router's word about a packet, as it was there. */
  | { readonly protocol: 'icmp'; readonly message: 'too-big'; readonly id: number; readonly about: Packet }
  | {
      readonly protocol: 'tcp';
      readonly sourcePort: Port;
      readonly destPort: Port;
      readonly flags: 'syn' | 'syn-ack' | 'rst';
      /** The segment size that it tells, where a firewall on the way lowered that. */
      readonly mss?: number;
    }
  | { readonly protocol: 'udp'; readonly sourcePort: Port; readonly destPort: Port };

/** An IPv4 or IPv6 packet. */
export interface Packet {
  readonly source: Address;
  readonly destination: Address;
  readonly transport: Transport;
  /** The whole IP packet, header included. */
  readonly lengthBytes: number;
  /** IPv4 DF; always true for IPv6, which routers never fragment. */
  readonly dontFragment: boolean;
  /** TTL or hop limit. */
  readonly ttl: number;
  /** skb->mark: set by the sender or by a firewall, seen by policy rules; lost when the packet changes namespace. */
  readonly mark: number;
}

/** The family of the packet. */
export function packetFamily(packet: Packet): Family {
  return familyOf(packet.destination);
}

/** IP protocol number. Source: IANA assigned internet protocol numbers. */
export function protocolNumber(packet: Packet): number {
  return protocolOf(packet.transport, packet.destination);
}

/** The same for a packet that is not made yet. */
export function protocolOf(transport: Transport, destination: Address): number {
  switch (transport.protocol) {
    case 'icmp':
      return familyOf(destination) === 'inet' ? 1 : 58;
    case 'tcp':
      return 6;
    case 'udp':
      return 17;
  }
}
