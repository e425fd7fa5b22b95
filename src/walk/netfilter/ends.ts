/**
 * The two ends of a packet, as conntrack names a connection by them and NAT rewrites them.
 *
 * An ICMP echo has an id where TCP and UDP have ports; it belongs to the end that asks.
 *
 * Source: include/net/netfilter/nf_conntrack_tuple.h, struct nf_conntrack_tuple; net/netfilter/nf_nat_core.c.
 *
 * @module
 */

import type { Packet, Transport } from '../../journey/packet.ts';
import type { Address } from '../../net/address.ts';
import type { Port } from '../../net/port.ts';

/** One end. `port` is the port, or the id of the echo at the end that asked. */
export interface End {
  readonly address: Address;
  readonly port: number | undefined;
}

/** Where the packet comes from. */
export function sourceEnd({ source, transport }: Packet): End {
  switch (transport.protocol) {
    case 'tcp':
    case 'udp':
      return { address: source, port: transport.sourcePort };
    case 'icmp':
      return { address: source, port: transport.message === 'echo-request' ? transport.id : undefined };
  }
}

/** Where it goes. */
export function destinationEnd({ destination, transport }: Packet): End {
  switch (transport.protocol) {
    case 'tcp':
    case 'udp':
      return { address: destination, port: transport.destPort };
    case 'icmp':
      return { address: destination, port: transport.message === 'echo-reply' ? transport.id : undefined };
  }
}

/** The packet from another end. */
export function withSource(packet: Packet, end: End): Packet {
  return { ...packet, source: end.address, transport: withPort(packet.transport, 'sourcePort', end.port) };
}

/** The packet to another end. */
export function withDestination(packet: Packet, end: End): Packet {
  return { ...packet, destination: end.address, transport: withPort(packet.transport, 'destPort', end.port) };
}

/** Whether both are the same end. */
export function sameEnd(a: End, b: End): boolean {
  return a.address === b.address && a.port === b.port;
}

/** Whether the packets belong to one direction of one connection. */
export function sameTuple(a: Packet, b: Packet): boolean {
  return (
    a.transport.protocol === b.transport.protocol &&
    sameEnd(sourceEnd(a), sourceEnd(b)) &&
    sameEnd(destinationEnd(a), destinationEnd(b))
  );
}

/** Whether `answer` is what comes back to `packet`. */
export function isAnswer(answer: Packet, packet: Packet): boolean {
  return (
    answer.transport.protocol === packet.transport.protocol &&
    sameEnd(sourceEnd(answer), destinationEnd(packet)) &&
    sameEnd(destinationEnd(answer), sourceEnd(packet))
  );
}

/** What would come back to it, as far as its ends go. */
export function answerOf(packet: Packet): Packet {
  const { source, destination, transport } = packet;
  const turned = { ...packet, source: destination, destination: source };
  if (transport.protocol === 'icmp') return turned;
  return { ...turned, transport: { ...transport, sourcePort: transport.destPort, destPort: transport.sourcePort } };
}

function withPort(transport: Transport, side: 'sourcePort' | 'destPort', port: number | undefined): Transport {
  if (transport.protocol === 'icmp') return port === undefined ? transport : { ...transport, id: port };
  return { ...transport, [side]: port as Port };
}
