/**
 * All routes that the kernel makes by itself for a device, as `ip route show table all` lists them: those of its
 * addresses, and those of IPv6 that an edit has no need to know of.
 *
 * Source: net/ipv6/addrconf.c addrconf_add_mroute(), ipv6_dev_ac_inc(). Seen in test/live/build-host.test.ts.
 *
 * @module
 */

import { kernelRoutesOf } from '../../src/host/kernel-routes.ts';
import type { Link } from '../../src/host/link.ts';
import { type Route, TABLE } from '../../src/host/route.ts';
import { hostPrefix, prefixOf } from '../../src/net/prefix.ts';
import { net } from './iproute-text.ts';

/** @param forwarding6 A router answers the anycast address of each of its subnets (RFC 4291 section 2.6.1). */
export function kernelRoutes(link: Link, forwarding6: boolean): readonly Route[] {
  const ofAddresses = link.addresses.flatMap((address) => kernelRoutesOf(link, address));
  const alone = link.addresses.filter(
    ({ family, prefixLength, peer }) => family === 'inet6' && prefixLength === 128 && !peer,
  );
  const subnets = link.addresses.filter(({ family, prefixLength }) => family === 'inet6' && prefixLength < 127);
  if (!link.up || link.detail.kind === 'loopback' || subnets.length === 0) return ofAddresses;
  const anycast = subnets.map(({ address, prefixLength }) => hostPrefix(prefixOf(address, prefixLength).address));
  return [
    ...ofAddresses,
    // Of no consequence, because the local route is asked first.
    ...alone.map(({ address }) => inet6(link, 'unicast', hostPrefix(address), 256)),
    ...(forwarding6 ? anycast.map((prefix) => inet6(link, 'anycast', prefix, 0)) : []),
    inet6(link, 'multicast', net('ff00::/8'), 256),
  ];
}

function inet6(
  link: Link,
  type: 'unicast' | 'anycast' | 'multicast',
  destination: Route['destination'],
  metric: number,
): Route {
  return {
    family: 'inet6',
    type,
    table: type === 'unicast' ? TABLE.main : TABLE.local,
    destination,
    metric,
    nexthops: [{ via: undefined, device: link.name, weight: 1, flags: link.carrier ? [] : ['linkdown'] }],
    scope: 'global',
    protocol: 'kernel',
    unmodelled: [],
  };
}
