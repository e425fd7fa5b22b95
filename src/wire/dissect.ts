/**
 * Packet bytes to `PacketFields`, without an object, a string or a copy.
 *
 * It goes as deep as `decodePacket()`, and stops for the same reasons. What is read is checked to have been captured;
 * nothing throws.
 *
 * Source: as in the decoders, one a protocol; for link types https://www.tcpdump.org/linktypes.html.
 *
 * @module
 */

import { ETHER_TYPE } from './ether-type.ts';
import { NETWORK, type PacketFields, STOP, TUNNEL } from './fields.ts';
import { icmpv6HeaderBytes } from './icmpv6.ts';
import { IP_PROTOCOL } from './ip-protocol.ts';
import { LINK_TYPE } from './link-type.ts';
import { readPlainSegment } from './plain-segment.ts';
import { PPP_PROTOCOL } from './pppoe.ts';
import { enterTunnel, GENEVE_PORT, isVxlanPort } from './tunnels.ts';

/** Fill the fields from the packet that `bytes`, `view`, `start` and `capturedBytes` of the fields name. */
export function dissect(fields: PacketFields, linkType: number): void {
  fields.clear();
  if (linkType === LINK_TYPE.ethernet && readPlainSegment(fields)) return;
  fields.stop = link(fields, linkType, fields.start, fields.start + fields.capturedBytes);
}

/** Like all below: reads on from its header, and answers why it ended (STOP). */
function link(fields: PacketFields, linkType: number, start: number, end: number): number {
  const { view } = fields;
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return ethernet(fields, start, end);
    case LINK_TYPE.linuxSll2:
      if (end - start < 20) return STOP.cut;
      fields.ifindex = view.getUint32(start + 4);
      fields.packetType = view.getUint8(start + 10);
      if (view.getUint8(start + 11) === 6) fields.sourceMacAt = start + 12;
      return etherType(fields, view.getUint16(start), start + 20, end);
    case LINK_TYPE.linuxSll:
      if (end - start < 16) return STOP.cut;
      fields.packetType = view.getUint16(start);
      if (view.getUint16(start + 4) === 6) fields.sourceMacAt = start + 6;
      return etherType(fields, view.getUint16(start + 14), start + 16, end);
    case LINK_TYPE.raw:
    case LINK_TYPE.rawBsd:
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return ip(fields, start, end);
    case LINK_TYPE.null:
    case LINK_TYPE.loop:
      // The family of whoever captured, in their byte order; the packet says itself which IP it is.
      if (end - start < 4) return STOP.cut;
      return ip(fields, start + 4, end);
    default:
      return unknown(fields, STOP.linkType, linkType);
  }
}

function unknown(fields: PacketFields, why: number, value: number): number {
  fields.stopValue = value;
  return why;
}

function ethernet(fields: PacketFields, at: number, end: number): number {
  if (end - at < 14) return STOP.cut;
  fields.destinationMacAt = at;
  fields.sourceMacAt = at + 6;
  return etherType(fields, fields.view.getUint16(at + 12), at + 14, end);
}

function etherType(fields: PacketFields, first: number, begin: number, end: number): number {
  const { view } = fields;
  let type = first;
  let at = begin;
  while (type === ETHER_TYPE.vlan || type === ETHER_TYPE.providerVlan) {
    if (end - at < 4) return STOP.cut;
    const id = view.getUint16(at) & 0x0fff;
    if (fields.vlan === -1) fields.vlan = id;
    else fields.innerVlan = id;
    type = view.getUint16(at + 2);
    at += 4;
  }
  fields.etherType = type;
  switch (type) {
    case ETHER_TYPE.ipv4:
      return ipv4(fields, at, end);
    case ETHER_TYPE.ipv6:
      return ipv6(fields, at, end);
    case ETHER_TYPE.arp:
      return arp(fields, at, end);
    case ETHER_TYPE.mpls:
    case ETHER_TYPE.mplsMulticast:
      return mpls(fields, at, end);
    case ETHER_TYPE.pppoeSession:
      return pppoe(fields, at, end);
    default:
      return unknown(fields, STOP.etherType, type);
  }
}

/** Past the labels; only the packet itself says what it is. */
function mpls(fields: PacketFields, begin: number, end: number): number {
  const { view } = fields;
  for (let at = begin; end - at >= 4; ) {
    const isBottom = (view.getUint8(at + 2) & 1) !== 0;
    at += 4;
    if (!isBottom) continue;
    if (at === end) return STOP.cut;
    const version = view.getUint8(at) >> 4;
    return version === 4 || version === 6 ? ip(fields, at, end) : unknown(fields, STOP.etherType, ETHER_TYPE.mpls);
  }
  return STOP.cut;
}

function pppoe(fields: PacketFields, at: number, end: number): number {
  const { view } = fields;
  if (end - at < 8) return STOP.cut;
  if (view.getUint8(at) !== 0x11) return STOP.malformed;
  const protocol = view.getUint16(at + 6);
  if (protocol === PPP_PROTOCOL.ipv4) return ipv4(fields, at + 8, end);
  if (protocol === PPP_PROTOCOL.ipv6) return ipv6(fields, at + 8, end);
  return unknown(fields, STOP.etherType, ETHER_TYPE.pppoeSession);
}

function arp(fields: PacketFields, at: number, end: number): number {
  const { view } = fields;
  if (end - at < 28) return STOP.cut;
  // IPv4 and the lengths of its addresses and of MACs.
  if (view.getUint16(at + 2) !== ETHER_TYPE.ipv4 || view.getUint16(at + 4) !== 0x0604) return STOP.malformed;
  fields.network = NETWORK.arp;
  fields.networkAt = at;
  fields.arpOperation = view.getUint16(at + 6);
  fields.arpSenderMacAt = at + 8;
  fields.source0 = fields.source1 = fields.source2 = fields.dest0 = fields.dest1 = fields.dest2 = 0;
  fields.source3 = view.getInt32(at + 14);
  fields.dest3 = view.getInt32(at + 24);
  return STOP.complete;
}

function ip(fields: PacketFields, at: number, end: number): number {
  if (end - at < 1) return STOP.cut;
  return fields.view.getUint8(at) >> 4 === 6 ? ipv6(fields, at, end) : ipv4(fields, at, end);
}

/** Of whatever carries the IP packet: another one, or the frame. */
function outerEnd({ tunnelDepth, ipEndAt, start, originalBytes }: PacketFields): number {
  return tunnelDepth > 0 ? ipEndAt : start + originalBytes;
}

function ipv4(fields: PacketFields, at: number, end: number): number {
  const { view } = fields;
  if (end - at < 20) return STOP.cut;
  const first = view.getUint8(at);
  const headerBytes = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || headerBytes < 20) return STOP.malformed;
  if (end - at < headerBytes) return STOP.cut;
  // Segmentation offload leaves 0: then the packet is as long as the frame.
  const totalBytes = view.getUint16(at + 2) || outerEnd(fields) - at;
  if (totalBytes < headerBytes) return STOP.malformed;
  const flags = view.getUint16(at + 6);
  fields.network = NETWORK.ipv4;
  fields.networkAt = at;
  fields.ipEndAt = at + totalBytes;
  fields.ipId = view.getUint16(at + 4);
  fields.dontFragment = (flags & 0x4000) !== 0;
  fields.moreFragments = (flags & 0x2000) !== 0;
  fields.fragmentOffsetBytes = (flags & 0x1fff) * 8;
  fields.ttl = view.getUint8(at + 8);
  fields.protocol = view.getUint8(at + 9);
  fields.source0 = fields.source1 = fields.source2 = fields.dest0 = fields.dest1 = fields.dest2 = 0;
  fields.source3 = view.getInt32(at + 12);
  fields.dest3 = view.getInt32(at + 16);
  if (fields.fragmentOffsetBytes > 0) {
    fields.payloadAt = at + headerBytes;
    fields.payloadBytes = totalBytes - headerBytes;
    return STOP.fragment;
  }
  return transport(fields, at + headerBytes, Math.min(end, fields.ipEndAt));
}

function ipv6(fields: PacketFields, at: number, end: number): number {
  const { view } = fields;
  if (end - at < 40) return STOP.cut;
  if (view.getUint8(at) >> 4 !== 6) return STOP.malformed;
  const lengthBytes = view.getUint16(at + 4);
  fields.network = NETWORK.ipv6;
  fields.networkAt = at;
  fields.ipEndAt = lengthBytes === 0 ? outerEnd(fields) : at + 40 + lengthBytes;
  fields.ipId = 0;
  fields.dontFragment = true;
  fields.moreFragments = false;
  fields.fragmentOffsetBytes = 0;
  fields.ttl = view.getUint8(at + 7);
  fields.source0 = view.getInt32(at + 8);
  fields.source1 = view.getInt32(at + 12);
  fields.source2 = view.getInt32(at + 16);
  fields.source3 = view.getInt32(at + 20);
  fields.dest0 = view.getInt32(at + 24);
  fields.dest1 = view.getInt32(at + 28);
  fields.dest2 = view.getInt32(at + 32);
  fields.dest3 = view.getInt32(at + 36);
  const last = Math.min(end, fields.ipEndAt);
  let next = view.getUint8(at + 6);
  let behind = at + 40;
  for (;;) {
    fields.protocol = next;
    switch (next) {
      case IP_PROTOCOL.hopByHop:
      case IP_PROTOCOL.routing:
      case IP_PROTOCOL.destinationOptions: {
        if (last - behind < 8) return STOP.cut;
        const extensionBytes = (view.getUint8(behind + 1) + 1) * 8;
        if (last - behind < extensionBytes) return STOP.cut;
        next = view.getUint8(behind);
        behind += extensionBytes;
        break;
      }
      case IP_PROTOCOL.fragment: {
        if (last - behind < 8) return STOP.cut;
        const field = view.getUint16(behind + 2);
        fields.fragmentOffsetBytes = field & 0xfff8;
        fields.moreFragments = (field & 1) !== 0;
        fields.ipId = view.getUint32(behind + 4);
        next = view.getUint8(behind);
        behind += 8;
        if (fields.fragmentOffsetBytes > 0) {
          fields.protocol = next;
          fields.payloadAt = behind;
          fields.payloadBytes = Math.max(0, fields.ipEndAt - behind);
          return STOP.fragment;
        }
        break;
      }
      default:
        return transport(fields, behind, last);
    }
  }
}

/** @param end What was captured of the IP packet ends here. */
function transport(fields: PacketFields, at: number, end: number): number {
  const { view } = fields;
  fields.transportAt = at;
  switch (fields.protocol) {
    case IP_PROTOCOL.tcp: {
      if (end - at < 20) return STOP.cut;
      const headerBytes = (view.getUint8(at + 12) >> 4) * 4;
      if (headerBytes < 20) return STOP.malformed;
      fields.hasTransport = true;
      fields.sourcePort = view.getUint16(at);
      fields.destPort = view.getUint16(at + 2);
      fields.tcpSeq = view.getInt32(at + 4);
      fields.tcpAck = view.getInt32(at + 8);
      fields.tcpFlags = view.getUint8(at + 13);
      fields.tcpWindow = view.getUint16(at + 14);
      fields.tcpOptionsAt = at + 20;
      fields.payloadAt = at + headerBytes;
      fields.payloadBytes = Math.max(0, fields.ipEndAt - at - headerBytes);
      return end - at < headerBytes ? STOP.cut : STOP.complete;
    }
    case IP_PROTOCOL.udp: {
      if (end - at < 8) return STOP.cut;
      const lengthBytes = view.getUint16(at + 4);
      if (lengthBytes < 8) return STOP.malformed;
      fields.hasTransport = true;
      fields.sourcePort = view.getUint16(at);
      fields.destPort = view.getUint16(at + 2);
      fields.payloadAt = at + 8;
      fields.payloadBytes = Math.min(fields.ipEndAt - at, lengthBytes) - 8;
      if (fields.destPort === GENEVE_PORT) return geneve(fields, at + 8, Math.min(end, at + lengthBytes));
      return isVxlanPort(fields.destPort) ? vxlan(fields, at + 8, Math.min(end, at + lengthBytes)) : STOP.complete;
    }
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      if (end - at < 8) return STOP.cut;
      fields.hasTransport = true;
      fields.sourcePort = 0;
      fields.destPort = 0;
      fields.icmpType = view.getUint8(at);
      fields.icmpCode = view.getUint8(at + 1);
      fields.icmpId = view.getUint16(at + 4);
      fields.icmpSequence = view.getUint16(at + 6);
      fields.payloadAt = at + 8;
      fields.payloadBytes = Math.max(0, fields.ipEndAt - at - 8);
      if (fields.protocol === IP_PROTOCOL.icmp) return STOP.complete;
      return end - at < icmpv6HeaderBytes(fields.icmpType) ? STOP.cut : STOP.complete;
    case IP_PROTOCOL.ipip:
    case IP_PROTOCOL.ipv6:
      return enterTunnel(fields, TUNNEL.ipip, 0) ? ip(fields, at, end) : STOP.malformed;
    case IP_PROTOCOL.gre:
      return gre(fields, at, end);
    default:
      return unknown(fields, STOP.protocol, fields.protocol);
  }
}

/** Where the header is not of VXLAN it stays a datagram: its port is only an agreement. */
function vxlan(fields: PacketFields, at: number, end: number): number {
  const { view } = fields;
  // The one flag that must be set: "the VNI is valid" (RFC 7348 section 5).
  if (end - at < 8 || (view.getUint8(at) & 0x08) === 0) return STOP.complete;
  return enterTunnel(fields, TUNNEL.vxlan, view.getUint32(at + 4) >>> 8)
    ? ethernet(fields, at + 8, end)
    : STOP.malformed;
}

/** RFC 8926. */
function geneve(fields: PacketFields, at: number, end: number): number {
  const { view } = fields;
  if (end - at < 8) return STOP.complete;
  const first = view.getUint8(at);
  const headerBytes = 8 + (first & 0x3f) * 4;
  if (first >> 6 !== 0 || end - at < headerBytes) return STOP.complete;
  const type = view.getUint16(at + 2);
  if (!enterTunnel(fields, TUNNEL.geneve, view.getUint32(at + 4) >>> 8)) return STOP.malformed;
  return carried(fields, type, at + headerBytes, end);
}

/** RFC 2784 and 2890: flags say which of checksum, key and sequence number follow. */
function gre(fields: PacketFields, at: number, end: number): number {
  const { view } = fields;
  if (end - at < 4) return STOP.cut;
  const flags = view.getUint16(at);
  // Version 1 is PPTP's, and routing was deprecated before anybody used it.
  if ((flags & 0x4007) !== 0) return unknown(fields, STOP.protocol, IP_PROTOCOL.gre);
  let behind = at + 4 + (flags & 0x8000 ? 4 : 0);
  const keyAt = behind;
  if (flags & 0x2000) behind += 4;
  if (flags & 0x1000) behind += 4;
  if (end < behind) return STOP.cut;
  const type = view.getUint16(at + 2);
  if (!enterTunnel(fields, TUNNEL.gre, flags & 0x2000 ? view.getUint32(keyAt) : 0)) return STOP.malformed;
  return carried(fields, type, behind, end);
}

function carried(fields: PacketFields, type: number, at: number, end: number): number {
  return type === ETHER_TYPE.transparentBridging ? ethernet(fields, at, end) : etherType(fields, type, at, end);
}
