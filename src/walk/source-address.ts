/**
 * Which of its own addresses a namespace sends from, when nobody bound one: IPv4.
 *
 * The route's `src`; else the first address of the egress device that is in the next hop's subnet; else the first of
 * the device; else the first of any device whose scope is wide enough (a link-scope address never stands in for
 * another device). Secondary addresses are never chosen.
 *
 * Source: net/ipv4/fib_semantics.c fib_result_prefsrc(); net/ipv4/devinet.c inet_select_addr(), in_dev_select_addr().
 * Seen in test/live/kernel-source.test.ts.
 *
 * @module
 */

import type { DeviceName, InterfaceAddress } from '../host/link.ts';
import type { Nexthop, Route } from '../host/route.ts';
import { type Address, inetBits } from '../net/address.ts';
import type { NetnsIndex } from './netns-index.ts';

/** RT_SCOPE_*: the smaller, the wider. */
const SCOPES = { global: 0, site: 200, link: 253, host: 254, nowhere: 255, other: 0 } as const;

/** The source of a packet that leaves by this route; `undefined` when no address will do. */
export function inetSourceFor(netns: NetnsIndex, route: Route, nexthop: Nexthop | undefined): Address | undefined {
  if (route.prefsrc !== undefined) return route.prefsrc;
  if (nexthop?.device === undefined) return undefined;
  const gateway = nexthop.via !== undefined && !nexthop.via.includes(':') ? nexthop.via : undefined;
  return selectInetAddress(netns, nexthop.device, gateway, route.scope);
}

/** inet_select_addr(): an address for packets on `device`, towards `near` when that is given. */
export function selectInetAddress(
  netns: NetnsIndex,
  device: DeviceName,
  near: Address | undefined,
  scope: Route['scope'],
): Address | undefined {
  const limit = SCOPES[scope];
  let first: Address | undefined;
  for (const address of primaries(netns, device)) {
    if (SCOPES[address.scope] > limit) continue;
    if (near === undefined || isInSubnetOf(address, near)) return address.address;
    first ??= address.address;
  }
  if (first !== undefined) return first;
  for (const other of netns.devices.keys()) {
    for (const address of primaries(netns, other)) {
      if (address.scope !== 'link' && SCOPES[address.scope] <= limit) return address.address;
    }
  }
  return undefined;
}

function primaries(netns: NetnsIndex, device: DeviceName): readonly InterfaceAddress[] {
  const addresses = netns.devices.get(device)?.link.addresses ?? [];
  return addresses.filter(({ family, flags }) => family === 'inet' && !flags.includes('secondary'));
}

/** inet_ifa_match(): of a point-to-point address it is the far end that counts. */
export function isInSubnetOf({ address, peer, prefixLength }: InterfaceAddress, other: Address): boolean {
  if (prefixLength === 0) return true;
  const shift = 32 - prefixLength;
  return inetBits(peer ?? address) >>> shift === inetBits(other) >>> shift;
}
