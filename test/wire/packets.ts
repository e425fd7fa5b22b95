/**
 * A packet of every protocol that is decoded, with the names of its layers.
 *
 * @module
 */

import { LINK_TYPE } from '../../src/wire/link-type.ts';
import { hex, joined } from '../helpers/hex.ts';
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
  SLL2_IPV4,
  SLL2_IPV6,
  TCP_SYN,
  UDP_DNS,
  udp,
  vxlanDatagram,
} from './frames.ts';

const { ethernet, linuxSll, linuxSll2, raw, rawBsd, ipv6: rawIpv6, null: bsdNull, loop } = LINK_TYPE;

export const INNER_FRAME = joined(ETHERNET_IPV4, ipv4(1, ICMP_ECHO));
const MACS = ETHERNET_IPV4.subarray(0, 12);
const SLL_IPV4 = hex('00 04  00 01  00 06  aa bb cc 00 00 01 00 00  08 00');
const GRE_WITH_KEY = hex('20 00 08 00  00 00 00 07');
const GRE_WITH_ALL = hex('b0 00 65 58  00 00 00 00  00 00 00 07  00 00 00 01');
const GENEVE = hex('01 00 65 58  00 00 2a 00  01 02 03 00');

export const PACKETS: readonly (readonly [layers: string, linkType: number, bytes: Uint8Array])[] = [
  ['sll2 arp', linuxSll2, joined(SLL2_ARP, ARP_WHO_HAS)],
  ['sll2 ipv4 icmp', linuxSll2, joined(SLL2_IPV4, ipv4(1, ICMP_ECHO))],
  ['sll2 ipv4 tcp', linuxSll2, joined(SLL2_IPV4, ipv4(6, TCP_SYN))],
  ['sll2 ipv6 icmpv6', linuxSll2, joined(SLL2_IPV6, ipv6(58, ND_SOLICITATION))],
  [
    'sll2 ipv6 ipv6-extension udp',
    linuxSll2,
    joined(SLL2_IPV6, ipv6(60, joined(hex('11 00 01 04 00 00 00 00'), UDP_DNS))),
  ],
  ['sll ipv4 tcp', linuxSll, joined(SLL_IPV4, ipv4(6, TCP_SYN))],
  ['loopback ipv4 tcp', bsdNull, joined(hex('02 00 00 00'), ipv4(6, TCP_SYN))],
  ['loopback ipv6 icmpv6', loop, joined(hex('00 00 00 18'), ipv6(58, ICMPV6_ECHO))],
  ['ethernet ipv4 udp', ethernet, joined(ETHERNET_IPV4, ipv4(17, UDP_DNS))],
  ['ethernet vlan vlan ipv4 udp', ethernet, joined(MACS, hex('88 a8 00 64 81 00 00 07 08 00'), ipv4(17, UDP_DNS))],
  ['ethernet mpls mpls ipv4 udp', ethernet, joined(MACS, hex('88 47 00 01 00 40 00 02 01 40'), ipv4(17, UDP_DNS))],
  ['ethernet pppoe ipv6 icmpv6', ethernet, joined(MACS, hex('88 64 11 00 00 01 00 36 00 57'), ipv6(58, ICMPV6_ECHO))],
  ['ipv4 icmp', raw, ipv4(1, icmpTooBig(ipv4(17, UDP_DNS)))],
  ['ipv4 ipv4 tcp', raw, ipv4(4, ipv4(6, TCP_SYN))],
  ['ipv4 ipv6 icmpv6', rawBsd, ipv4(41, ipv6(58, ICMPV6_ECHO))],
  ['ipv4 gre ipv4 tcp', raw, ipv4(47, joined(GRE_WITH_KEY, ipv4(6, TCP_SYN)))],
  ['ipv6 gre ethernet ipv4 icmp', rawIpv6, ipv6(47, joined(GRE_WITH_ALL, INNER_FRAME))],
  ['ipv6 icmpv6', raw, ipv6(58, ICMPV6_ECHO)],
  ['sll2 ipv4 udp vxlan ethernet ipv4 icmp', linuxSll2, joined(SLL2_IPV4, ipv4(17, vxlanDatagram(INNER_FRAME)))],
  ['ipv4 udp geneve ethernet ipv4 icmp', raw, ipv4(17, udp(6081, joined(GENEVE, INNER_FRAME)))],
];
