import { expect, test } from 'vitest';
import { decodePacket } from '../../src/wire/decode-packet.ts';
import { describePacket } from '../../src/wire/describe.ts';
import { LINK_TYPE } from '../../src/wire/link-type.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';
import {
  ARP_WHO_HAS,
  ETHERNET_IPV4,
  ICMP_ECHO,
  ICMPV6_ECHO,
  icmpTooBig,
  ipv4,
  ipv6,
  ND_SOLICITATION,
  SLL2_ARP,
  TCP_SYN,
  UDP_DNS,
  udp,
  vxlanDatagram,
} from './frames.ts';

const { linuxSll2, raw } = LINK_TYPE;
const DNS_HEADER = hex('00 01 01 00 00 01 00 00 00 00 00 00');
const DNS_QUESTION = hex('01 61 01 62 00 00 01 00 01');

test.each([
  ['ARP who-has 10.0.0.2 tell 10.0.0.1', linuxSll2, joined(SLL2_ARP, ARP_WHO_HAS)],
  ['ARP 10.0.0.1 is-at aa:bb:cc:00:00:01', linuxSll2, joined(SLL2_ARP, withByte(ARP_WHO_HAS, 7, 2))],
  ['ICMP echo request 10.0.0.1 > 10.0.0.2', raw, ipv4(1, ICMP_ECHO)],
  ['ICMP Frag needed and DF set (mtu = 1400) 10.0.0.1 > 10.0.0.2', raw, ipv4(1, icmpTooBig(ipv4(17, UDP_DNS)))],
  ['ICMPv6 echo request fd00::1 > fd00::2', raw, ipv6(58, ICMPV6_ECHO)],
  ['ICMPv6 Destination unreachable: No route fd00::1 > fd00::2', raw, ipv6(58, hex('01 00 00 00 00 00 00 00'))],
  ['ND who-has fd00::2 tell fd00::1', raw, ipv6(58, ND_SOLICITATION)],
  ['TCP SYN 10.0.0.1:40000 > 10.0.0.2:80', raw, ipv4(6, TCP_SYN)],
  ['TCP RST-ACK [fd00::1]:40000 > [fd00::2]:80', raw, ipv6(6, withByte(TCP_SYN, 13, 0x14))],
  ['UDP 10.0.0.1:50000 > 10.0.0.2:53', raw, ipv4(17, UDP_DNS)],
  ['IP 10.0.0.1 > 10.0.0.2', raw, ipv4(132, hex('00'))],
  [
    'VXLAN 42: ICMP echo request 10.0.0.1 > 10.0.0.2',
    raw,
    ipv4(17, vxlanDatagram(joined(ETHERNET_IPV4, ipv4(1, ICMP_ECHO)))),
  ],
  [
    'GRE 7: Geneve 66051: TCP SYN 10.0.0.1:40000 > 10.0.0.2:80',
    raw,
    ipv4(
      47,
      joined(
        hex('20 00 08 00 00 00 00 07'),
        ipv4(17, udp(6081, joined(hex('00 00 08 00 01 02 03 00'), ipv4(6, TCP_SYN)))),
      ),
    ),
  ],
  ['UDP 10.0.0.1:50000 > 10.0.0.2:53, DNS query A a.b', raw, ipv4(17, udp(53, joined(DNS_HEADER, DNS_QUESTION)))],
  [
    'UDP 10.0.0.1:50000 > 10.0.0.2:53, DNS NXDOMAIN A a.b',
    raw,
    ipv4(17, udp(53, joined(withByte(withByte(DNS_HEADER, 2, 0x81), 3, 0x83), DNS_QUESTION))),
  ],
  [
    'UDP 10.0.0.1:50000 > 10.0.0.2:53, DNS NOERROR A a.b: A 10.0.0.7',
    raw,
    ipv4(
      17,
      udp(
        53,
        joined(
          hex('00 01 81 80 00 01 00 01 00 00 00 00'),
          DNS_QUESTION,
          hex('c0 0c 00 01 00 01 00 00 00 00 00 04 0a 00 00 07'),
        ),
      ),
    ),
  ],
  [
    'UDP 10.0.0.1:50000 > 10.0.0.2:67, DHCP discover aa:bb:cc:00:00:01',
    raw,
    ipv4(
      17,
      udp(
        67,
        joined(
          hex('01 01 06'),
          new Uint8Array(25),
          hex('aa bb cc 00 00 01'),
          new Uint8Array(202),
          hex('63 82 53 63 35 01 01 ff'),
        ),
      ),
    ),
  ],
  [
    'ND router fd00::1 for 1800 s fd00:1::/64',
    raw,
    ipv6(
      58,
      joined(
        hex('86 00 00 00 40 00 07 08 00 00 00 00 00 00 00 00 03 04 40 c0'),
        new Uint8Array(12),
        hex('fd 00 00 01'),
        new Uint8Array(12),
      ),
    ),
  ],
  ['a frame without IP (empty)', 147, hex('00')],
])('describePacket() says %s', (text, linkType, bytes) => {
  expect(describePacket(decodePacket(bytes, linkType))).toBe(text);
});
