/**
 * A captured packet in a few words, as tcpdump and ping would say them.
 *
 * @module
 */

import { endpointOf } from '../net/endpoint.ts';
import { ARP_OPERATION } from './arp.ts';
import { describeDatagram } from './describe-datagram.ts';
import { icmpText, icmpv6Text } from './icmp-text.ts';
import type { Icmpv6Header } from './icmpv6.ts';
import { type DecodedPacket, type IpPacket, innermostIp, type Layer } from './packet.ts';

/** `ICMP echo request 10.0.1.1 > 10.0.2.1`, `ARP who-has 10.0.1.2 tell 10.0.1.1`, `VXLAN 42: ...`. */
export function describePacket(packet: DecodedPacket): string {
  return `${packet.layers.map(describeTunnel).join('')}${describeInnermost(packet)}`;
}

function describeTunnel({ layer, header }: Layer): string {
  switch (layer) {
    case 'vxlan':
      return `VXLAN ${header.vni}: `;
    case 'geneve':
      return `Geneve ${header.vni}: `;
    case 'gre':
      return header.key === undefined ? 'GRE: ' : `GRE ${header.key}: `;
    default:
      return '';
  }
}

function describeInnermost(packet: DecodedPacket): string {
  const last = packet.layers.at(-1);
  if (last?.layer === 'arp') {
    const { operation, senderAddress, senderMac, targetAddress } = last.header;
    if (operation === ARP_OPERATION.request) return `ARP who-has ${targetAddress} tell ${senderAddress}`;
    if (operation === ARP_OPERATION.reply) return `ARP ${senderAddress} is-at ${senderMac}`;
    return `ARP operation ${operation}`;
  }
  const ip = innermostIp(packet);
  return ip === undefined ? `a frame without IP (${last?.layer ?? 'empty'})` : describeIp(ip);
}

function describeIp({ source, destination, transport, payload }: IpPacket): string {
  const route = `${source} > ${destination}`;
  switch (transport?.layer) {
    case 'icmp':
      return transport.header.kind === 'echo-request' || transport.header.kind === 'echo-reply'
        ? `ICMP ${transport.header.kind.replace('-', ' ')} ${route}`
        : `ICMP ${icmpText(transport.header)} ${route}`;
    case 'icmpv6':
      return describeIcmpv6(transport.header, source, route);
    case 'tcp': {
      const { sourcePort, destPort, flags } = transport.header;
      const names = [...flags].join('-').toUpperCase();
      return `TCP ${names} ${endpointOf(source, sourcePort)} > ${endpointOf(destination, destPort)}`;
    }
    case 'udp': {
      const { sourcePort, destPort } = transport.header;
      const carried = describeDatagram(sourcePort, destPort, payload);
      return `UDP ${endpointOf(source, sourcePort)} > ${endpointOf(destination, destPort)}${carried}`;
    }
    case undefined:
      return `IP ${route}`;
  }
}

function describeIcmpv6(header: Icmpv6Header, source: string, route: string): string {
  switch (header.kind) {
    case 'echo-request':
    case 'echo-reply':
      return `ICMPv6 ${header.kind.replace('-', ' ')} ${route}`;
    case 'neighbor-solicitation':
      return `ND who-has ${header.target} tell ${source}`;
    case 'neighbor-advertisement':
      return `ND ${header.target} is-at ${header.mac ?? 'the sender of the frame'}`;
    case 'router-advertisement': {
      const prefixes = header.options.prefixes.map(({ prefix, lengthBits }) => ` ${prefix}/${lengthBits}`);
      return `ND router ${source} for ${header.lifetimeSeconds} s${prefixes.join('')}`;
    }
    case 'error':
    case 'other':
      // Of what has no name of its own, the text begins with the protocol.
      return `${icmpv6Text(header).replace(/^(?!ICMPv6 )/, 'ICMPv6 ')} ${route}`;
  }
}
