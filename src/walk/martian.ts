/**
 * Addresses that the kernel refuses on a device, before it looks for a route.
 *
 * IPv4: a source that is multicast, broadcast, 0/8 or (without `route_localnet`) 127/8; a destination in 0/8 or
 * (without `route_localnet`) 127/8. IPv6: a multicast source, and the loopback address on any device but lo. Class E
 * is routed like any other unicast.
 *
 * Source: net/ipv4/route.c ip_route_input_slow(); net/ipv6/ip6_input.c ip6_rcv_core().
 * Seen in test/live/kernel-martian.test.ts.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { Fate } from '../journey/fate.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import { isLoopback, isMulticast } from '../net/address.ts';
import { droppedAt, undecided } from './fates.ts';
import { conf, type Device, type NetnsIndex } from './netns-index.ts';

const BROADCAST = '255.255.255.255';

/** Why the packet is refused here; `undefined` when it is not. */
export function martian(device: Device, packet: Packet): Fate | undefined {
  return packetFamily(packet) === 'inet' ? martian4(device, packet) : martian6(device, packet);
}

/** IN_DEV_NET_ROUTE_LOCALNET: either will do. `undefined` when neither says yes and one could not be read. */
export function routesLocalnet(netns: NetnsIndex, device: DeviceName): boolean | undefined {
  const all = conf(netns, 'inet', 'all', 'route_localnet');
  const own = conf(netns, 'inet', device, 'route_localnet');
  if ((all.known && all.value !== 0) || (own.known && own.value !== 0)) return true;
  return all.known && own.known ? false : undefined;
}

function martian4(device: Device, { source, destination }: Packet): Fate | undefined {
  if (isMulticast(source) || source === BROADCAST)
    return refuse(device, 'source', source, 'no host has such an address');
  if (destination === BROADCAST || isMulticast(destination)) {
    return droppedAt(device.ref, { kind: 'broadcast-destination', address: destination, route: undefined });
  }
  if (source.startsWith('0.')) return refuse(device, 'source', source, '0.0.0.0/8 means "this network"');
  if (destination.startsWith('0.')) return refuse(device, 'destination', destination, '0.0.0.0/8 means "this network"');
  const side = isLoopback(destination) ? 'destination' : isLoopback(source) ? 'source' : undefined;
  if (side === undefined) return undefined;
  const allowed = routesLocalnet(device.netns, device.link.name);
  if (allowed === undefined)
    return undecided(device.netns.name, `route_localnet of ${device.ref.device} could not be read`);
  if (allowed) return undefined;
  return refuse(
    device,
    side,
    side === 'source' ? source : destination,
    '127.0.0.0/8 is refused without route_localnet',
  );
}

function martian6(device: Device, { source, destination }: Packet): Fate | undefined {
  if (isMulticast(source)) return refuse(device, 'source', source, 'no host has such an address');
  if (isMulticast(destination)) {
    return droppedAt(device.ref, { kind: 'broadcast-destination', address: destination, route: undefined });
  }
  const because = '::1 is valid on lo alone';
  if (source === '::1') return refuse(device, 'source', source, because);
  return destination === '::1' ? refuse(device, 'destination', destination, because) : undefined;
}

function refuse({ ref }: Device, side: 'source' | 'destination', address: Packet['source'], because: string): Fate {
  return droppedAt(ref, { kind: `martian-${side}`, address, because });
}
