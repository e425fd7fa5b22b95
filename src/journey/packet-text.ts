/**
 * A packet in the words in which tcpdump says it.
 *
 * @module
 */

import { type Packet, packetFamily, type Transport } from './packet.ts';

/** `ICMP echo request 10.0.1.1 > 10.0.2.1`, `TCP SYN 10.0.1.1:40000 > 10.0.2.1:80`. */
export function packetText(packet: Packet): string {
  const icmp = packetFamily(packet) === 'inet' ? 'ICMP' : 'ICMPv6';
  return `${transportText(packet.transport, icmp)} ${endpointsText(packet)}`;
}

/** `10.0.1.1 > 10.0.2.1`, with the ports where there are some. */
export function endpointsText({ source, destination, transport }: Packet): string {
  if (transport.protocol === 'icmp') return `${source} > ${destination}`;
  return `${endpoint(source, transport.sourcePort)} > ${endpoint(destination, transport.destPort)}`;
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function transportText(transport: Transport, icmp: string): string {
  switch (transport.protocol) {
    case 'icmp':
      return `${icmp} ${transport.message.replace('-', ' ')}`;
    case 'tcp':
      return `TCP ${transport.flags.toUpperCase()}`;
    case 'udp':
      return 'UDP';
  }
}
