/**
 * By what the Follower knows a packet, its pieces and its changes: numbers, made without an object.
 *
 * @module
 */

import { NETWORK, PACKET_TYPE, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import type { DirectedFlow } from '../points/flow-ids.ts';
import { isOfOneLink, KIND, type PacketKey } from '../points/packet-key.ts';
import type { Change, FollowedPacket } from './followed-packet.ts';

/** What a datagram and its fragments have in common, wherever they are seen. */
export function idOf({ ipId, protocol, network }: PacketFields): number {
  return ipId + (protocol + (network === NETWORK.ipv6 ? 256 : 0)) * 0x1_0000_0000;
}

/** Whether it is, or may come as, fragments: IPv4 without DF, and what is a fragment already. */
export function mayBeCut({ kind }: PacketKey, { network, dontFragment, ipId }: PacketFields): boolean {
  if (kind === KIND.fragment) return true;
  return network === NETWORK.ipv4 && !dontFragment && ipId !== 0 && kind !== KIND.tcp;
}

/** Of what is cut into pieces, how much is in this one. */
export function carriedBy({ protocol, payloadBytes, fragmentOffsetBytes, transportAt, ipEndAt }: PacketFields): number {
  if (protocol === IP_PROTOCOL.tcp || fragmentOffsetBytes > 0) return payloadBytes;
  return Math.max(0, ipEndAt - transportAt);
}

/** A place and a byte of a TCP stream there, signed as in PacketFields. */
export function restKey(point: number, sequence: number): number {
  return point * 0x1_0000_0000 + sequence;
}

/** 0 without a tunnel. */
export function tunnelOf({ tunnelDepth, tunnel, tunnelId }: PacketFields): number {
  return tunnelDepth === 0 ? 0 : tunnel * 0x1_0000_0000 + tunnelId + 1;
}

/** Addresses and ports, mixed: another number means another flow. */
export function flowHashOf(fields: PacketFields, sourcePort: number, destPort: number): number {
  let hash = Math.imul((sourcePort << 16) | destPort, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ fields.source3, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13) ^ fields.dest3, 0xc2b2ae35);
  if (fields.network !== NETWORK.ipv6) return hash;
  hash = Math.imul(hash ^ (hash >>> 15) ^ fields.source0 ^ Math.imul(fields.source1, 31) ^ fields.source2, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 13) ^ fields.dest0 ^ Math.imul(fields.dest1, 31) ^ fields.dest2, 0xc2b2ae35);
}

/** Ports as PacketKey reads them: an echo's id stands for one. */
export function flowOf(fields: PacketFields, sourcePort: number, destPort: number, protocol: number): DirectedFlow {
  const { network, source0, source1, source2, source3, dest0, dest1, dest2, dest3 } = fields;
  const source = [source0, source1, source2, source3];
  return { network, protocol, sourcePort, destPort, source, destination: [dest0, dest1, dest2, dest3] };
}

/** What the packet looks like since it was rewritten last; `undefined`: it never was. */
export function lastFlow({ changes = [] }: FollowedPacket): DirectedFlow | undefined {
  const last = changes.findLast((change) => change.kind === 'rewritten');
  return last?.kind === 'rewritten' ? last.after : undefined;
}

export function note(packet: FollowedPacket, change: Change): void {
  packet.changes ??= [];
  packet.changes.push(change);
}

/** To a group or to everybody, by its frame or by its address; a request of ARP is. */
export function isToGroup(fields: PacketFields): boolean {
  const { packetType, network, dest0, dest3, destinationMacAt, view } = fields;
  if (packetType === PACKET_TYPE.broadcast || packetType === PACKET_TYPE.multicast) return true;
  if (destinationMacAt >= 0 && (view.getUint8(destinationMacAt) & 1) === 1) return true;
  if (network === NETWORK.arp) return fields.arpOperation === 1;
  if (network === NETWORK.ipv6) return dest0 >>> 24 === 0xff;
  return dest3 >>> 28 >= 0xe || (isOfOneLink(fields) && dest3 === -1);
}
