/**
 * How a frame was addressed, as the headers of Linux's cooked captures say it.
 *
 * Source: include/uapi/linux/if_packet.h, PACKET_*.
 *
 * @module
 */

/** `other-host`: to another MAC, as bridge ports see what they only pass on. */
export type PacketType = 'host' | 'broadcast' | 'multicast' | 'other-host' | 'outgoing' | 'unknown';

// By their numbers.
const PACKET_TYPES: readonly PacketType[] = ['host', 'broadcast', 'multicast', 'other-host', 'outgoing'];

export function packetTypeOf(number: number): PacketType {
  return PACKET_TYPES[number] ?? 'unknown';
}
