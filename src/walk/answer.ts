/**
 * The packet that answers a delivered request, before it has been routed.
 *
 * ICMP and TCP answer from the address that was asked. So does a UDP server bound to that address; one bound to all
 * addresses sends from whichever the way back chooses, unless it takes care (IP_PKTINFO): taken here as not caring.
 *
 * Source: net/ipv4/icmp.c icmp_reply(); net/ipv4/tcp_ipv4.c; RFC 1123 section 4.1.3.5 on UDP.
 *
 * @module
 */

import type { Packet, Transport } from '../journey/packet.ts';
import { type Address, familyOf, isLinkLocal, isUnspecified } from '../net/address.ts';
import type { Delivery } from './deliver.ts';
import type { Outgoing } from './send.ts';

/** Bytes of an IP header without options. */
const IP_HEADER_BYTES = { inet: 20, inet6: 40 } as const;
/** Type, code, checksum, id, sequence (RFC 792); IPv6 has the same (RFC 4443). */
const ICMP_HEADER_BYTES = 8;
const UDP_HEADER_BYTES = 8;
/** With the options that Linux sends on SYN and SYN-ACK: MSS, SACK, timestamps, window scale. */
const TCP_SYN_HEADER_BYTES = 40;

/** The answer to what was delivered. */
export function answerTo({ packet, socket, device }: Delivery): Outgoing {
  const isChosenByRoute = packet.transport.protocol === 'udp' && socket !== undefined && isUnspecified(socket.address);
  return {
    destination: packet.source,
    source: isChosenByRoute ? undefined : packet.destination,
    transport: reversed(packet.transport),
    lengthBytes: packet.lengthBytes,
    mark: 0,
    // Linux sends echo replies without DF (icmp_sk_init()), and IPv6 routers never fragment.
    mayFragment: packet.transport.protocol === 'icmp',
    // A link-local address means something on its own link alone.
    outDevice: familyOf(packet.source) === 'inet6' && isLinkLocal(packet.source) ? device.link.name : undefined,
  };
}

/** Length of the IP packet that a question's payload makes. */
export function packetLength(destination: Address, protocol: Transport['protocol'], payloadBytes: number): number {
  const ip = IP_HEADER_BYTES[familyOf(destination)];
  switch (protocol) {
    case 'icmp':
      return ip + ICMP_HEADER_BYTES + payloadBytes;
    case 'udp':
      return ip + UDP_HEADER_BYTES + payloadBytes;
    case 'tcp':
      // The first packet carries no payload; what comes later is as long as if it had these options.
      return ip + TCP_SYN_HEADER_BYTES + payloadBytes;
  }
}

/** Whether a packet that came back is the answer to the one that was sent, as its sender saw it. */
export function isAnswerTo(sent: Packet, answer: Packet): boolean {
  return answer.source === sent.destination && answer.destination === sent.source;
}

function reversed(transport: Transport): Transport {
  switch (transport.protocol) {
    case 'icmp':
      return { ...transport, message: 'echo-reply' };
    case 'tcp':
      return { protocol: 'tcp', sourcePort: transport.destPort, destPort: transport.sourcePort, flags: 'syn-ack' };
    case 'udp':
      return { protocol: 'udp', sourcePort: transport.destPort, destPort: transport.sourcePort };
  }
}
