/**
 * Flows as a person writes them.
 *
 * @module
 */

import { NETWORK } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { addressText } from '../address-words.ts';
import type { DirectedFlow } from './flow-ids.ts';

const ARP = 0x0806;

export function protocolText(protocol: number): string {
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      return 'TCP';
    case IP_PROTOCOL.udp:
      return 'UDP';
    case IP_PROTOCOL.icmp:
      return 'ICMP';
    case IP_PROTOCOL.icmpv6:
      return 'ICMPv6';
    case ARP:
      return 'ARP';
    default:
      return `IP protocol ${protocol}`;
  }
}

/** Whether its packets have ports. */
export function hasPorts({ protocol }: DirectedFlow): boolean {
  return protocol === IP_PROTOCOL.tcp || protocol === IP_PROTOCOL.udp;
}

/** `10.0.0.1:4711 > 10.0.0.2:80`; an echo's id stands where a port would. */
export function flowText(flow: DirectedFlow): string {
  const { network, protocol, sourcePort, destPort } = flow;
  const from = sourceText(flow);
  const to = destinationText(flow);
  if (hasPorts(flow)) {
    const [open, close] = network === NETWORK.ipv6 ? ['[', ']'] : ['', ''];
    return `${open}${from}${close}:${sourcePort} > ${open}${to}${close}:${destPort}`;
  }
  const isIcmp = protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6;
  const isEcho = isIcmp && (sourcePort === 0) !== (destPort === 0);
  return `${from} > ${to}${isEcho ? ` id ${sourcePort || destPort}` : ''}`;
}

export function sourceText({ source }: DirectedFlow): string {
  return addressText(Int32Array.from(source), 0);
}

export function destinationText({ destination }: DirectedFlow): string {
  return addressText(Int32Array.from(destination), 0);
}
