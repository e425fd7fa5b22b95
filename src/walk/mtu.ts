/**
 * How long a packet may be by a route, and what says so: what was learned of the path, the route's own `mtu`, or the
 * device's.
 *
 * What was learned counts for what the namespace sends itself; for what it forwards, IPv6 asks it as well, and IPv4 only
 * where net.ipv4.ip_forward_use_pmtu says so.
 *
 * Source: include/net/ip.h ip_dst_mtu_maybe_forward(); include/net/ip6_route.h ip6_dst_mtu_maybe_forward().
 * Seen in test/live/kernel-mtu.test.ts.
 *
 * @module
 */

import type { PathMtu } from '../host/path-mtu.ts';
import type { MtuLimit } from '../journey/fate.ts';
import { type Address, familyOf } from '../net/address.ts';
import { type NetnsIndex, setting } from './netns-index.ts';
import type { Routed } from './route-output.ts';

export interface RouteMtu {
  readonly bytes: number;
  readonly limit: MtuLimit;
}

/** For what the namespace sends itself; text: why it cannot be told. */
export function sendMtu(netns: NetnsIndex, routed: Routed, destination: Address): RouteMtu | string {
  const { pathMtus } = netns.netns;
  if (!pathMtus.known) return pathMtus.why;
  const learned = routed.isLocal ? undefined : pathMtus.value.find((each) => isOf(each, routed, destination));
  if (learned !== undefined) return { bytes: learned.mtu, limit: { kind: 'learned', learned } };
  return ownMtu(netns, routed);
}

/** For what it forwards. */
export function forwardMtu(netns: NetnsIndex, routed: Routed, destination: Address): RouteMtu | string {
  const asksLearned = familyOf(destination) === 'inet6' || isOn(netns, 'net/ipv4/ip_forward_use_pmtu');
  return asksLearned ? sendMtu(netns, routed, destination) : ownMtu(netns, routed);
}

function ownMtu(netns: NetnsIndex, { route, device }: Routed): RouteMtu | string {
  if (route.mtu !== undefined) return { bytes: route.mtu, limit: { kind: 'route', route } };
  const bytes = netns.devices.get(device)?.link.mtu;
  return bytes === undefined ? `${device} is not there` : { bytes, limit: { kind: 'device' } };
}

function isOf({ destination, device, via }: PathMtu, { nexthop }: Routed, asked: Address): boolean {
  return destination === asked && device === nexthop?.device && via === nexthop?.via;
}

/** What could not be read is as Linux has it when nobody changes it: off. */
function isOn(netns: NetnsIndex, key: string): boolean {
  const read = setting(netns, key);
  return read.known && read.value !== 0;
}
