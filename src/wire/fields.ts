/**
 * The header fields of one packet as numbers, in an object that is filled again for every packet: what millions of
 * packets are counted, matched and followed by. For a person to look at, and in tests, there is `decodePacket()`, and a
 * property test holds the two to each other.
 *
 * Of a tunnelled packet these are the fields of the innermost one, and `tunnel...` says what it came in.
 *
 * @module
 */

/** What the frame carries. */
export const NETWORK = { none: 0, arp: 1, ipv4: 4, ipv6: 6 } as const;

/** Why there is no more of the packet in the fields. */
export const STOP = {
  /** All of it was read. */
  complete: 0,
  /** The capture ends within a header; of TCP the fixed part may be there all the same (`hasTransport`). */
  cut: 1,
  /** A field holds what no sender may put there. */
  malformed: 2,
  /** A later fragment, or the first of a packet whose transport header is in the next. */
  fragment: 3,
  linkType: 4,
  etherType: 5,
  protocol: 6,
} as const;

export const TUNNEL = { none: 0, vxlan: 1, gre: 2, ipip: 3, geneve: 4 } as const;

/** PACKET_*: how the frame was addressed, where the link type says so (LINUX_SLL, LINUX_SLL2). */
export const PACKET_TYPE = { unknown: -1, host: 0, broadcast: 1, multicast: 2, otherHost: 3, outgoing: 4 } as const;

export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;

/** Everything is a number; `at` are places in `bytes`. What a packet does not have keeps whatever the last one had. */
export class PacketFields {
  /** The reader's buffer: valid until the next packet. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  capturedBytes = 0;
  originalBytes = 0;
  seconds = 0;
  nanoseconds = 0;

  stop: number = STOP.complete;
  /** With `stop`: the number that nothing is known about. */
  stopValue = 0;

  /** -1: the link type has none. */
  destinationMacAt = -1;
  sourceMacAt = -1;
  packetType: number = PACKET_TYPE.unknown;
  /** Of SLL2; 0 elsewhere. */
  ifindex = 0;
  etherType = 0;
  /** VLAN id of the outermost tag and of the one within, -1 without. */
  vlan = -1;
  innerVlan = -1;

  network: number = NETWORK.none;
  networkAt = 0;
  /** ARP: 1 request, 2 reply; the addresses are in `source` (sender) and `dest` (target). */
  arpOperation = 0;
  arpSenderMacAt = 0;
  /** Four words; an IPv4 address is in the last, the others are 0. Signed. */
  source0 = 0;
  source1 = 0;
  source2 = 0;
  source3 = 0;
  dest0 = 0;
  dest1 = 0;
  dest2 = 0;
  dest3 = 0;
  ttl = 0;
  /** Where the IP packet ends by its own length field, which may be beyond what was captured. */
  ipEndAt = 0;
  /** IPv4: always. IPv6: of the fragment header, 0 without. */
  ipId = 0;
  dontFragment = false;
  moreFragments = false;
  fragmentOffsetBytes = 0;
  /** Behind all extension headers. */
  protocol = 0;

  /** Whether the transport header is there and was read. */
  hasTransport = false;
  transportAt = 0;
  sourcePort = 0;
  destPort = 0;
  payloadAt = 0;
  /** By the IP length, whether captured or not. */
  payloadBytes = 0;

  /** As signed numbers, which V8 keeps in the object itself; `>>> 0` is what the header says. */
  tcpSeq = 0;
  tcpAck = 0;
  tcpFlags = 0;
  /** As it stands in the header, unscaled. */
  tcpWindow = 0;
  /** Options are between here and the payload. */
  tcpOptionsAt = 0;

  icmpType = 0;
  icmpCode = 0;
  /** Of echoes. */
  icmpId = 0;
  icmpSequence = 0;

  tunnel: number = TUNNEL.none;
  /** VNI, or GRE key; 0 without. */
  tunnelId = 0;
  tunnelSource3 = 0;
  tunnelDest3 = 0;
  /** How many IP headers are around the innermost. */
  tunnelDepth = 0;

  /** Before another packet is read into them: what it may not have. */
  clear(): void {
    this.destinationMacAt = -1;
    this.sourceMacAt = -1;
    this.packetType = PACKET_TYPE.unknown;
    this.ifindex = 0;
    this.etherType = 0;
    this.vlan = -1;
    this.innerVlan = -1;
    this.network = NETWORK.none;
    this.hasTransport = false;
    this.payloadBytes = 0;
    this.tunnel = TUNNEL.none;
    this.tunnelId = 0;
    this.tunnelDepth = 0;
  }
}
