/**
 * The packet that most packets are, read in one piece: TCP in IPv4, without options of IP, not fragmented, in an untagged
 * Ethernet frame, of which all headers were captured.
 *
 * It says the same as the long way of `dissect()`, which the property test of that holds it to, in half of its time: 14 ns
 * a packet, not 26.
 *
 * @module
 */

import { ETHER_TYPE } from './ether-type.ts';
import { NETWORK, type PacketFields, STOP } from './fields.ts';
import { IP_PROTOCOL } from './ip-protocol.ts';

/** Of Ethernet, IPv4 and TCP, without options. */
const HEADER_BYTES = 14 + 20 + 20;
/** All but "do not fragment". */
const IS_FRAGMENT = 0x3fff;

/** @returns Whether it is one, and the fields are filled; what no TCP packet in IPv4 has was cleared before. */
export function readPlainSegment(fields: PacketFields): boolean {
  const { view, start, capturedBytes } = fields;
  if (capturedBytes < HEADER_BYTES) return false;
  if (view.getUint16(start + 12) !== ETHER_TYPE.ipv4) return false;
  const at = start + 14;
  const first = view.getInt32(at);
  const totalBytes = first & 0xffff;
  const fragment = view.getUint16(at + 6);
  if (first >>> 24 !== 0x45 || (fragment & IS_FRAGMENT) !== 0 || view.getUint8(at + 9) !== IP_PROTOCOL.tcp)
    return false;
  const transportAt = at + 20;
  const offsetAndFlags = view.getUint16(transportAt + 12);
  const headerBytes = (offsetAndFlags >>> 12) * 4;
  if (headerBytes < 20 || totalBytes < 20 + headerBytes || capturedBytes < 34 + headerBytes) return false;
  fields.stop = STOP.complete;
  fields.destinationMacAt = start;
  fields.sourceMacAt = start + 6;
  fields.etherType = ETHER_TYPE.ipv4;
  fields.network = NETWORK.ipv4;
  fields.networkAt = at;
  fields.source0 = fields.source1 = fields.source2 = fields.dest0 = fields.dest1 = fields.dest2 = 0;
  fields.source3 = view.getInt32(at + 12);
  fields.dest3 = view.getInt32(at + 16);
  fields.ttl = view.getUint8(at + 8);
  fields.ipEndAt = at + totalBytes;
  fields.ipId = view.getUint16(at + 4);
  fields.dontFragment = fragment !== 0;
  fields.moreFragments = false;
  fields.fragmentOffsetBytes = 0;
  fields.protocol = IP_PROTOCOL.tcp;
  fields.hasTransport = true;
  fields.transportAt = transportAt;
  fields.sourcePort = view.getUint16(transportAt);
  fields.destPort = view.getUint16(transportAt + 2);
  fields.tcpSeq = view.getInt32(transportAt + 4);
  fields.tcpAck = view.getInt32(transportAt + 8);
  fields.tcpFlags = offsetAndFlags & 0xff;
  fields.tcpWindow = view.getUint16(transportAt + 14);
  fields.tcpOptionsAt = transportAt + 20;
  fields.payloadAt = transportAt + headerBytes;
  fields.payloadBytes = totalBytes - 20 - headerBytes;
  return true;
}
