/**
 * A router between two nets, and a probe through it, in few words.
 *
 *     ns1 v1 (10.0.1.2) --- (10.0.1.1) v2 ns2 v3 (10.0.2.1) --- (10.0.2.2) v4 ns3        the same in fd00:1:: and fd00:2::
 *
 * @module
 */

import { expect } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import type { Observation, Sighting } from '../../src/journey/observation.ts';
import { parseAddress } from '../../src/net/address.ts';
import { toPort } from '../../src/net/port.ts';
import { type ProbeRequest, probe } from '../../src/probe/probe.ts';
import { CleanupStack } from '../../src/system/cleanup.ts';
import { netnsName } from './build-host.ts';
import { hostOfWorld } from './live-host.ts';
import type { World } from './world.ts';

/**
 * Shell commands that build it. Without duplicate detection: until a router's link-local address is through with it,
 * the router cannot ask for neighbours on behalf of others (ndisc_solicit()).
 */
export const ROUTER_WORLD = `
  for n in ns1 ns2 ns3; do
    ip netns add $n
    ip -n $n link set dev lo up
    ip netns exec $n sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \\
      net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0 net.ipv6.conf.default.accept_dad=0
  done
  ip -n ns1 link add dev v1 type veth peer name v2 netns ns2
  ip -n ns2 link add dev v3 type veth peer name v4 netns ns3
  join() { ip -n $1 addr add $3 dev $2; ip -n $1 addr add $4 dev $2 nodad; ip -n $1 link set dev $2 up; }
  join ns1 v1 10.0.1.2/24 fd00:1::2/64
  join ns2 v2 10.0.1.1/24 fd00:1::1/64
  join ns2 v3 10.0.2.1/24 fd00:2::1/64
  join ns3 v4 10.0.2.2/24 fd00:2::2/64
  ip netns exec ns2 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  ip -n ns1 route add default via 10.0.1.1
  ip -n ns3 route add default via 10.0.2.1
  ip -n ns1 route add default via fd00:1::1
  ip -n ns3 route add default via fd00:2::1
`;

export interface Ask {
  /** Where it starts; ns1 unless said otherwise. */
  readonly netns?: string;
  readonly destination: string;
  readonly proto?: 'icmp' | 'tcp' | 'udp';
  readonly port?: number;
  readonly from?: string;
  readonly sourcePort?: number;
  readonly payloadBytes?: number;
  /** All three unless said otherwise. */
  readonly watch?: readonly string[];
  readonly signal?: AbortSignal;
  readonly effort?: ProbeRequest['effort'];
  readonly trace?: boolean;
  /** Collected now unless it is given. */
  readonly host?: Host;
}

/** Probe in a world that has these namespaces, and take back what that started. */
export async function probeIn(world: World, ask: Ask): Promise<Observation> {
  const watch = ask.watch ?? ['ns1', 'ns2', 'ns3'];
  const netns = ask.netns ?? 'ns1';
  const host = ask.host ?? (await hostOfWorld(world));
  const destination = parseAddress(ask.destination);
  if (destination === undefined) throw new Error(`${ask.destination} is no address`);
  const stack = new CleanupStack();
  try {
    return await probe({
      host,
      question: {
        netns: netnsName(netns),
        destination,
        proto: ask.proto ?? 'icmp',
        port: ask.port === undefined ? undefined : toPort(ask.port),
        from: ask.from === undefined ? undefined : parseAddress(ask.from),
        payloadBytes: ask.payloadBytes ?? 56,
        ...(ask.sourcePort === undefined ? {} : { sourcePort: toPort(ask.sourcePort) }),
      },
      watch: watch.map(netnsName),
      stack,
      signal: ask.signal,
      ...(ask.effort === undefined ? {} : { effort: ask.effort }),
      ...(ask.trace === undefined ? {} : { trace: ask.trace }),
    });
  } finally {
    expect(await stack.close()).toEqual([]);
  }
}

/** Where the packet was seen, in order: `ns1 v1 out`, with `<` behind it on the way back. */
export function trail({ sightings }: Observation, what: Sighting['what'] = 'packet', sequence = 1): readonly string[] {
  return sightings
    .filter((seen) => seen.what === what && seen.sequence === sequence)
    .map(({ netns, device, direction, leg }) => `${netns} ${device} ${direction}${leg === 'reply' ? ' <' : ''}`);
}

/** The whole way to ns3 and back. */
export const ROUND_TRIP = [
  'ns1 v1 out',
  'ns2 v2 in',
  'ns2 v3 out',
  'ns3 v4 in',
  'ns3 v4 out <',
  'ns2 v3 in <',
  'ns2 v2 out <',
  'ns1 v1 in <',
] as const;
