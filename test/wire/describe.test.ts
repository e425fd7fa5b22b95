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
  vxlanDatagram,
} from './frames.ts';

const { linuxSll2, raw } = LINK_TYPE;

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
  ['a frame without IP (empty)', 147, hex('00')],
])('describePacket() says %s', (text, linkType, bytes) => {
  expect(describePacket(decodePacket(bytes, linkType))).toBe(text);
});
