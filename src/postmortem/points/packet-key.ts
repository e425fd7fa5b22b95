/**
 * What stays the same of a packet wherever it is captured: the key by which one point knows the packet of another.
 *
 * In the key is what routers, NAT, bridges and tunnels leave alone: the protocol, the IP ID, TCP's seq, ack, flags and
 * window, ICMP's type and sequence, lengths, and the first bytes of what is carried. Not in it: addresses, ports and
 * the id of an echo (NAT), TTL, checksums (offload), VLAN and everything around the innermost packet, the options of TCP (MSS
 * clamping). What stays on its link or goes to a group keeps its addresses, and those are in the key. Packets that are identical in all this have the same key; the time tells them apart.
 *
 * Not made to match: packets whose headers were cut, and protocols that are neither IP nor ARP.
 *
 * @module
 */

import { NETWORK, type PacketFields, STOP } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';

/** Which part of a packet its `detail` names. */
export const KIND = { none: 0, tcp: 1, udp: 2, echo: 3, icmp: 4, ip: 5, fragment: 6, arp: 7 } as const;

/** Enough to tell datagrams apart whose IP ID is 0: DNS, RTP, WireGuard's and QUIC's counters lie within. */
const SAMPLE_BYTES = 24;

const ECHO = { request: 8, reply: 0, request6: 128, reply6: 129 } as const;
/** ICMPv6's types, from a router's solicitation to a redirect. */
const DISCOVERY = { first: 133, last: 137 } as const;

/** Filled again for every packet, like PacketFields. */
export class PacketKey {
  low = 0;
  high = 0;
  kind: number = KIND.none;
  /** Length of the IP packet, capped at 65535. */
  lengthBytes = 0;
  /** TCP's flags, ICMP's type; 0 elsewhere. */
  flags = 0;
  /** TCP: seq. Echo: sequence number. Other IP: IP ID and, of a fragment, `offset / 8 * 2 + more` in the low 14 bits. */
  detail = 0;
  /** TCP's header, in words of 32 bits. */
  headerWords = 0;
  /** As the flow has them: an echo's id stands for a port, of the request's sender. */
  sourcePort = 0;
  destPort = 0;
  protocol = 0;
  /** Whether the sample was cut by the snap length, so that another point may have another key for it. */
  isShort = false;
  readonly #seedLow: number;
  readonly #seedHigh: number;

  /** @param seed Unknown to whoever sends the packets. */
  constructor(seed: number) {
    this.#seedLow = Math.imul(seed | 0, 0x9e3779b1) ^ 0x243f6a88;
    this.#seedHigh = Math.imul(seed | 0, 0x85ebca77) ^ 0x13198a2e;
  }

  /** Fill it from the packet. @returns Whether it can be matched. */
  read(fields: PacketFields): boolean {
    this.low = this.#seedLow;
    this.high = this.#seedHigh;
    this.flags = 0;
    this.sourcePort = 0;
    this.destPort = 0;
    this.detail = 0;
    this.isShort = false;
    this.headerWords = 0;
    this.kind = KIND.none;
    const { network } = fields;
    if (network === NETWORK.arp) return this.#readArp(fields);
    if (network !== NETWORK.ipv4 && network !== NETWORK.ipv6) return false;
    if (fields.stop === STOP.cut || fields.stop === STOP.malformed) return false;
    this.protocol = fields.protocol;
    this.lengthBytes = Math.min(0xffff, fields.ipEndAt - fields.networkAt);
    this.#mix(fields.protocol | (network << 8));
    this.#mix(fields.ipId);
    if (staysOnLink(fields)) this.#mixLink(fields);
    if (fields.moreFragments || fields.fragmentOffsetBytes > 0) this.#readFragment(fields);
    else if (!fields.hasTransport) this.#readOther(fields);
    else if (fields.protocol === IP_PROTOCOL.tcp) this.#readTcp(fields);
    else if (fields.protocol === IP_PROTOCOL.udp) this.#readUdp(fields);
    else this.#readIcmp(fields);
    this.#finish();
    return true;
  }

  #readArp(fields: PacketFields): boolean {
    const { view, arpSenderMacAt } = fields;
    this.kind = KIND.arp;
    this.protocol = 0x0806;
    this.lengthBytes = 28;
    this.flags = fields.arpOperation & 0xff;
    this.#mix(fields.arpOperation | 0x0806_0000);
    this.#mix(view.getInt32(arpSenderMacAt));
    this.#mix(view.getUint16(arpSenderMacAt + 4));
    this.#mix(fields.source3);
    this.#mix(fields.dest3);
    this.#finish();
    return true;
  }

  #mixAddresses(fields: PacketFields): void {
    this.#mix(fields.source0);
    this.#mix(fields.source1);
    this.#mix(fields.source2);
    this.#mix(fields.source3);
    this.#mix(fields.dest0);
    this.#mix(fields.dest3);
  }

  #readTcp(fields: PacketFields): void {
    this.kind = KIND.tcp;
    this.flags = fields.tcpFlags;
    this.detail = fields.tcpSeq | 0;
    this.headerWords = (fields.payloadAt - fields.transportAt) >> 2;
    this.sourcePort = fields.sourcePort;
    this.destPort = fields.destPort;
    this.#mix(fields.tcpSeq);
    this.#mix(fields.tcpAck);
    this.#mix((fields.tcpFlags << 16) | fields.tcpWindow);
    this.#mix(fields.payloadBytes);
  }

  #readUdp(fields: PacketFields): void {
    this.kind = KIND.udp;
    this.detail = fields.ipId << 16;
    this.sourcePort = fields.sourcePort;
    this.destPort = fields.destPort;
    this.#sample(fields, fields.payloadAt, fields.payloadBytes);
  }

  #readIcmp(fields: PacketFields): void {
    const { icmpType } = fields;
    this.flags = icmpType;
    this.#mix((icmpType << 8) | fields.icmpCode);
    const isRequest = icmpType === ECHO.request || icmpType === ECHO.request6;
    if (isRequest || (fields.protocol === IP_PROTOCOL.icmp ? icmpType === ECHO.reply : icmpType === ECHO.reply6)) {
      this.kind = KIND.echo;
      this.detail = fields.icmpSequence;
      if (isRequest) this.sourcePort = fields.icmpId;
      else this.destPort = fields.icmpId;
      this.#mix(fields.icmpSequence);
      this.#sample(fields, fields.payloadAt, fields.payloadBytes);
      return;
    }
    this.kind = KIND.icmp;
    this.sourcePort = (icmpType << 8) | fields.icmpCode;
    this.destPort = this.sourcePort;
    this.detail = fields.ipId << 16;
    // Errors quote a packet, and NAT turns its addresses back.
    if (staysOnLink(fields)) this.#sample(fields, fields.transportAt + 4, fields.payloadBytes + 4);
    else this.#mix(fields.payloadBytes);
  }

  /** Group reports and neighbour discovery of any two hosts may be alike to the byte; no router passes them on, so that the MAC stays. */
  #mixLink(fields: PacketFields): void {
    this.#mixAddresses(fields);
    const { protocol, sourceMacAt, view } = fields;
    if (sourceMacAt === -1 || (protocol !== IP_PROTOCOL.igmp && protocol !== IP_PROTOCOL.icmpv6)) return;
    this.#mix(view.getInt32(sourceMacAt));
    this.#mix(view.getUint16(sourceMacAt + 4));
  }

  #readOther(fields: PacketFields): void {
    this.kind = KIND.ip;
    this.detail = fields.ipId << 16;
    this.#sample(fields, fields.transportAt, fields.ipEndAt - fields.transportAt);
  }

  #readFragment(fields: PacketFields): void {
    this.kind = KIND.fragment;
    // 13 bits of offset and the flag: 14 bits, below the IP ID.
    this.detail = (fields.ipId << 16) | (fields.fragmentOffsetBytes >> 2) | (fields.moreFragments ? 1 : 0);
    if (fields.fragmentOffsetBytes === 0 && fields.hasTransport) {
      this.sourcePort = fields.sourcePort;
      this.destPort = fields.destPort;
    }
    this.#mix(fields.fragmentOffsetBytes | (fields.moreFragments ? 1 : 0));
    this.#mix(this.lengthBytes);
  }

  #sample(fields: PacketFields, start: number, lengthBytes: number): void {
    this.#mix(lengthBytes);
    const wanted = Math.min(SAMPLE_BYTES, lengthBytes);
    const end = start + wanted;
    if (end > fields.start + fields.capturedBytes) {
      this.isShort = true;
      return;
    }
    const { view } = fields;
    let at = start;
    for (; at + 4 <= end; at += 4) this.#mix(view.getInt32(at));
    for (; at < end; at++) this.#mix(view.getUint8(at));
  }

  #mix(word: number): void {
    let mixed = Math.imul(word, 0xcc9e2d51);
    mixed = (mixed << 15) | (mixed >>> 17);
    const low = this.low ^ Math.imul(mixed, 0x1b873593);
    this.low = (Math.imul((low << 13) | (low >>> 19), 5) + 0xe6546b64) | 0;
    const high = this.high ^ Math.imul(word + 0x7f4a7c15, 0x2c1b3c6d);
    this.high = (Math.imul((high << 11) | (high >>> 21), 0x297a2d39) + 0x38b34ae5) | 0;
  }

  #finish(): void {
    let { low, high } = this;
    low ^= low >>> 16;
    low = Math.imul(low, 0x85ebca6b);
    low ^= low >>> 13;
    high ^= high >>> 15;
    high = Math.imul(high, 0xc2b2ae35);
    high ^= high >>> 16;
    this.low = low ^ high;
    this.high = high;
  }
}

/** Of such, and neighbour discovery, which no router passes on whatever addresses it has (RFC 4861 section 7.1). */
function staysOnLink(fields: PacketFields): boolean {
  if (isOfOneLink(fields)) return true;
  const { protocol, icmpType, hasTransport } = fields;
  return hasTransport && protocol === IP_PROTOCOL.icmpv6 && icmpType >= DISCOVERY.first && icmpType <= DISCOVERY.last;
}

/** Whether nobody translates it: to a group or to everybody, or from or to a link-local or no address. */
export function isOfOneLink({ network, source0, source3, dest0, dest3 }: LinkAddresses): boolean {
  if (network === NETWORK.ipv6) return dest0 >>> 24 === 0xff || isLinkLocal6(dest0) || isLinkLocal6(source0);
  return dest3 >>> 28 >= 0xe || source3 === 0 || source3 >>> 16 === 0xa9fe || dest3 >>> 16 === 0xa9fe;
}

type LinkAddresses = Pick<PacketFields, 'network' | 'source0' | 'source3' | 'dest0' | 'dest3'>;

/** fe80::/10, and what starts with `::`. */
function isLinkLocal6(word: number): boolean {
  return word >>> 22 === 0x3fa || word === 0;
}
