/**
 * What a finding is about, as one packet that somebody wanted to send: what a model of the host can be asked about.
 *
 * @module
 */

import { parseAddress } from '../net/address.ts';
import { IP_PROTOCOL } from '../wire/ip-protocol.ts';

/** `neighbour`: an ARP request or a neighbour solicitation for the destination. */
export type TrafficKind = 'icmp' | 'tcp' | 'udp' | 'neighbour';

export interface Traffic {
  readonly kind: TrafficKind;
  /** Who asks; of a reply that was lost, who had asked for it. */
  readonly source: string;
  readonly destination: string;
  /** Of TCP and UDP: that of the service. */
  readonly port: number | undefined;
  /** The smallest IP packet that did not get through, where the size is why. */
  readonly ipBytes?: number;
}

/** @returns `undefined` for a protocol that no model is asked about, or for ports or addresses that nobody saw. */
export function trafficOf(
  protocol: number,
  source: string,
  destination: string,
  port: number | undefined,
): Traffic | undefined {
  if (parseAddress(source) === undefined || parseAddress(destination) === undefined) return undefined;
  switch (protocol) {
    case IP_PROTOCOL.icmp:
    case IP_PROTOCOL.icmpv6:
      return { kind: 'icmp', source, destination, port: undefined };
    case IP_PROTOCOL.tcp:
    case IP_PROTOCOL.udp:
      if (port === undefined || port === 0) return undefined;
      return { kind: protocol === IP_PROTOCOL.tcp ? 'tcp' : 'udp', source, destination, port };
    default:
      return undefined;
  }
}
