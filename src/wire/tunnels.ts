/**
 * Tunnels: the UDP ports behind which they are looked for, and how deep in each other they may be.
 *
 * Source: IANA service names and port numbers; drivers/net/vxlan (8472, from before there was an assigned port).
 *
 * @module
 */

import { NETWORK, type PacketFields, TUNNEL } from './fields.ts';

export const GENEVE_PORT = 6081;

export function isVxlanPort(port: number): boolean {
  return port === 4789 || port === 8472;
}

/** Deeper nesting than any network has; a packet that goes on is a bomb. */
export const MOST_TUNNELS = 4;

/** What is read from now on is inside. @returns Whether to read on: not in a nest deeper than any network has. */
export function enterTunnel(fields: PacketFields, tunnel: number, id: number): boolean {
  // Of a datagram, it is the payload that carries the next.
  if (fields.hasTransport) fields.ipEndAt = Math.min(fields.ipEndAt, fields.payloadAt + fields.payloadBytes);
  fields.tunnelDepth++;
  fields.tunnel = tunnel;
  fields.tunnelId = id;
  fields.tunnelSource3 = fields.source3;
  fields.tunnelDest3 = fields.dest3;
  fields.network = NETWORK.none;
  fields.hasTransport = false;
  fields.payloadBytes = 0;
  return fields.tunnelDepth <= MOST_TUNNELS;
}

/** What a person calls it; `undefined`: none. */
export function tunnelText(tunnel: number): string | undefined {
  switch (tunnel) {
    case TUNNEL.vxlan:
      return 'VXLAN';
    case TUNNEL.gre:
      return 'GRE';
    case TUNNEL.ipip:
      return 'IP in IP';
    case TUNNEL.geneve:
      return 'Geneve';
    case TUNNEL.none:
      return undefined;
    default:
      return `tunnel ${tunnel}`;
  }
}
