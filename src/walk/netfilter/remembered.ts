/**
 * Connections from before the walk: a packet that belongs to one is rewritten as that one is, and no nat rule is asked.
 *
 * Source: net/netfilter/nf_conntrack_core.c resolve_normal_ct(). Seen in test/live/conntrack-stale.test.ts.
 *
 * @module
 */

import type { Netns } from '../../host/host.ts';
import type { ConnectionTuple, TrackedConnection } from '../../host/tracked-connection.ts';
import type { Packet, Transport } from '../../journey/packet.ts';
import type { Port } from '../../net/port.ts';
import type { Connection, Conntrack } from './contract.ts';

/** An entry of the namespace's table, and which of its directions the packet goes. */
export interface Remembered {
  readonly entry: TrackedConnection;
  readonly direction: 'original' | 'reply';
}

/** The entry that the packet belongs to. */
export function remembered({ connections }: Netns, packet: Packet): Remembered | undefined {
  if (!connections.known || connections.value.entries.length === 0) return undefined;
  const tuple = tupleOf(packet);
  if (tuple === undefined) return undefined;
  for (const entry of connections.value.entries) {
    if (entry.protocol !== packet.transport.protocol) continue;
    if (sameTuple(entry.original, tuple)) return { entry, direction: 'original' };
    if (sameTuple(entry.reply, tuple)) return { entry, direction: 'reply' };
  }
  return undefined;
}

/** Conntrack that sees the packet as of that entry. */
export function recall({ connections }: Conntrack, netns: Netns, packet: Packet, found: Remembered): Conntrack {
  const { entry, direction } = found;
  const connection: Connection = {
    netns: netns.name,
    original: packetOf(packet, entry.original),
    translated: packetOf(packet, reversed(entry.reply)),
    mark: entry.mark,
    answered: entry.isAnswered || direction === 'reply',
    // The rules were asked when it began.
    settled: { source: true, destination: true },
  };
  return {
    connections: [...connections, connection],
    tracking: { netns: netns.name, kind: 'tracked', connection: connections.length, direction },
  };
}

function tupleOf({ source, destination, transport }: Packet): ConnectionTuple | undefined {
  switch (transport.protocol) {
    case 'tcp':
    case 'udp':
      return { source, destination, sourcePort: transport.sourcePort, destPort: transport.destPort };
    case 'icmp':
      return transport.message === 'echo-request' || transport.message === 'echo-reply'
        ? { source, destination, sourcePort: transport.id, destPort: transport.id }
        : undefined;
  }
}

function sameTuple(a: ConnectionTuple, b: ConnectionTuple): boolean {
  return (
    a.source === b.source &&
    a.destination === b.destination &&
    a.sourcePort === b.sourcePort &&
    a.destPort === b.destPort
  );
}

function reversed({ source, destination, sourcePort, destPort }: ConnectionTuple): ConnectionTuple {
  return { source: destination, destination: source, sourcePort: destPort, destPort: sourcePort };
}

/** The packet with those ends; an echo is a request then. */
function packetOf(template: Packet, tuple: ConnectionTuple): Packet {
  const { source, destination } = tuple;
  return { ...template, source, destination, transport: transportOf(template.transport, tuple) };
}

function transportOf(transport: Transport, { sourcePort, destPort }: ConnectionTuple): Transport {
  if (transport.protocol === 'icmp') return { protocol: 'icmp', message: 'echo-request', id: sourcePort };
  return { ...transport, sourcePort: sourcePort as Port, destPort: destPort as Port };
}
