/**
 * Whole packets for tests, put together from headers, each byte said.
 *
 * @module
 */

import { hex, joined } from '../helpers/hex.ts';

export const SLL2_IPV4 = hex(`
  08 00        # IPv4
  00 00
  00 00 00 07  # ifindex 7
  00 01        # Ethernet
  04           # outgoing
  06 aa bb cc 00 00 01 00 00
`);

export const SLL2_ARP = joined(hex('08 06'), SLL2_IPV4.subarray(2));
export const SLL2_IPV6 = joined(hex('86 dd'), SLL2_IPV4.subarray(2));

export const ETHERNET_IPV4 = hex(`
  aa bb cc 00 00 02
  aa bb cc 00 00 01
  08 00
`);

export const ARP_WHO_HAS = hex(`
  00 01  08 00  06 04  # IPv4 over Ethernet
  00 01                # request
  aa bb cc 00 00 01  0a 00 00 01
  00 00 00 00 00 00  0a 00 00 02
`);

/** IPv4 header from 10.0.0.1 to 10.0.0.2, TTL 64, DF. */
export function ipv4(protocol: number, payload: Uint8Array): Uint8Array {
  const lengthBytes = 20 + payload.length;
  const header = hex(`
    45 00 00 00
    12 34 40 00
    40 00 00 00
    0a 00 00 01
    0a 00 00 02
  `);
  header[2] = lengthBytes >> 8;
  header[3] = lengthBytes & 0xff;
  header[9] = protocol;
  return joined(header, payload);
}

/** IPv6 header from fd00::1 to fd00::2, hop limit 64. */
export function ipv6(nextHeader: number, payload: Uint8Array): Uint8Array {
  const header = hex(`
    60 00 00 00
    00 00 00 40
    fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01
    fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02
  `);
  header[4] = payload.length >> 8;
  header[5] = payload.length & 0xff;
  header[6] = nextHeader;
  return joined(header, payload);
}

export const ICMP_ECHO = hex(`
  08 00 f7 fc
  00 2a        # id 42
  00 03        # sequence 3
  de ad be ef
`);

/** Fragmentation needed, MTU 1400, about `quoted`. */
export function icmpTooBig(quoted: Uint8Array): Uint8Array {
  return joined(hex('03 04 00 00  00 00 05 78'), quoted);
}

export const ICMPV6_ECHO = hex('80 00 00 00  00 2a 00 03  de ad be ef');

export const ND_SOLICITATION = hex(`
  87 00 00 00  00 00 00 00
  fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02
  01 01 aa bb cc 00 00 01
`);

export const TCP_SYN = hex(`
  9c 40        # source port 40000
  00 50        # dest port 80
  01 02 03 04  # sequence
  00 00 00 00
  60 02 ff ff  # 6 words, SYN
  00 00 00 00
  02 04 05 b4  # MSS 1460
`);

export const UDP_DNS = hex(`
  c3 50  # source port 50000
  00 35  # dest port 53
  00 0c  # length 12
  00 00  # no checksum
  de ad be ef
`);

/** A UDP datagram from port 50000. */
export function udp(destPort: number, payload: Uint8Array): Uint8Array {
  const header = hex('c3 50 00 00 00 00 00 00');
  const view = new DataView(header.buffer);
  view.setUint16(2, destPort);
  view.setUint16(4, 8 + payload.length);
  return joined(header, payload);
}

/** A VXLAN datagram (VNI 42, port 4789) around an Ethernet frame. */
export function vxlanDatagram(frame: Uint8Array): Uint8Array {
  return udp(4789, joined(hex('08 00 00 00 00 00 2a 00'), frame));
}
