/**
 * A packet in the words in which tcpdump says it.
 *
 * @module
 */

import { endpointOf } from '../net/endpoint.ts';
import { type Packet, packetFamily, type Transport } from './packet.ts';

/** `ICMP echo request 10.0.1.1 > 10.0.2.1`, `TCP SYN 10.0.1.1:40000 > 10.0.2.1:80`. */
export function packetText(packet: Packet): string {
  const icmp = packetFamily(packet) === 'inet' ? 'ICMP' : 'ICMPv6';
  return `${transportText(packet.transport, icmp)} ${endpointsText(packet)}`;
}

/** `10.0.1.1 > 10.0.2.1`, with the ports where there are some. */
export function endpointsText(packet: Packet): string {
  return `${endpointText(packet, 'source')} > ${endpointText(packet, 'destination')}`;
}

/** `10.0.1.1`, `10.0.1.1:80`, `[fd00::1]:80`. */
export function endpointText(packet: Packet, side: 'source' | 'destination'): string {
  const { [side]: address, transport } = packet;
  if (transport.protocol === 'icmp') return address;
  return endpointOf(address, side === 'source' ? transport.sourcePort : transport.destPort);
}

function transportText(transport: Transport, icmp: string): string {
  switch (transport.protocol) {
    case 'icmp':
      if (transport.message === 'too-big') {
        return `${icmp} ${icmp === 'ICMP' ? 'fragmentation needed' : 'packet too big'}`;
      }
      return `${icmp} ${transport.message.replace('-', ' ')}`;
    case 'tcp':
      return `TCP ${transport.flags.toUpperCase()}`;
    case 'udp':
      return 'UDP';
  }
}
