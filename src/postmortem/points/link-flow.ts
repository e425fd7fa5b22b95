/**
 * Flows that do not say who asks: those that stay on their link or go to a group, and ICMP errors.
 *
 * @module
 */

import { isIcmpError } from '../flows/quoted-flow.ts';
import type { DirectedFlow } from './flow-ids.ts';
import { isOfOneLink } from './packet-key.ts';

/** As isOfOneLink() has it for a packet. */
export function isLinkFlow({ network, source, destination }: DirectedFlow): boolean {
  const [source0 = 0, , , source3 = 0] = source;
  const [dest0 = 0, , , dest3 = 0] = destination;
  return isOfOneLink({ network, source0, source3, dest0, dest3 });
}

/** ICMP other than echoes has type and code for both ports: see PacketKey. */
export function isErrorFlow({ protocol, sourcePort, destPort }: DirectedFlow): boolean {
  return sourcePort === destPort && isIcmpError({ protocol, icmpType: sourcePort >> 8, hasTransport: true });
}
