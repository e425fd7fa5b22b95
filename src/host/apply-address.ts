/**
 * Edits of addresses, as the host after them, with the routes that come and go with an address.
 *
 * Deleting an IPv4 address takes along its secondaries (unless promote_secondaries), the routes that have it as their
 * source, and, when it was the device's last, every IPv4 route through the device. Gateways are not looked at.
 *
 * Source: net/ipv4/devinet.c __inet_del_ifa(); net/ipv4/fib_frontend.c fib_inetaddr_event(), fib_del_ifaddr();
 * net/ipv6/addrconf.c ipv6_del_addr(), net/ipv6/route.c fib6_remove_prefsrc(). Held to the kernel in
 * test/live/faults-apply.test.ts.
 *
 * @module
 */

import { type Address, type Family, familyOf, isLinkLocal, isLoopback } from '../net/address.ts';
import { withoutDevice } from './apply-link.ts';
import { changeLink, changeRoutes, forgetLearned, sameKey, withoutRoutes, withRoutes } from './change.ts';
import { findLink, findNetns, type Host, linksOf, type Netns } from './host.ts';
import { isSameNetwork, kernelRoutesOf } from './kernel-routes.ts';
import type { DeviceRef, InterfaceAddress, Link } from './link.ts';
import type { Route } from './route.ts';
import { confKey, readSysctl } from './sysctl.ts';

/** `ip addr add ADDRESS/LENGTH dev DEV` (IPv6: `nodad`). */
export function addAddress(host: Host, ref: DeviceRef, address: Address, prefixLength: number): Host {
  const link = findLink(host, ref.netns, ref.device);
  if (link === undefined) return host;
  const plain: InterfaceAddress = {
    family: familyOf(address),
    address,
    prefixLength,
    scope: isLoopback(address) ? 'host' : isLinkLocal(address) && address.includes(':') ? 'link' : 'global',
    flags: familyOf(address) === 'inet6' ? ['nodad', 'permanent'] : ['permanent'],
  };
  const primary = plain.family === 'inet' ? link.addresses.find((each) => isSameNetwork(each, plain)) : undefined;
  const added = primary === undefined ? plain : { ...plain, flags: [...plain.flags, 'secondary'] };
  const now = { ...link, addresses: [...link.addresses, added] };
  const routes = kernelRoutesOf(now, added);
  const changed = changeLink(host, ref, () => now);
  return forgetLearned(changeRoutes(changed, ref.netns, (all) => withRoutes(all, routes)));
}

/** `ip addr del ADDRESS/LENGTH dev DEV`. */
export function deleteAddress(host: Host, ref: DeviceRef, address: Address, prefixLength: number): Host {
  const netns = findNetns(host, ref.netns);
  const link = findLink(host, ref.netns, ref.device);
  const gone = link?.addresses.find((each) => each.address === address && each.prefixLength === prefixLength);
  if (netns === undefined || link === undefined || gone === undefined) return host;
  const removed = [gone, ...secondariesOf(netns, link, gone)];
  const now = { ...link, addresses: link.addresses.filter((each) => !removed.includes(each)) };
  const changed = changeLink(host, ref, () => now);
  const left = findNetns(changed, ref.netns);
  const isOurs = (each: Address) =>
    left !== undefined && linksOf(left).some(({ addresses }) => addresses.some((own) => own.address === each));
  return forgetLearned(
    changeRoutes(changed, ref.netns, (routes) => {
      const stay = now.addresses.flatMap((each) => kernelRoutesOf(now, each));
      const made = removed.flatMap((each) => kernelRoutesOf(link, each));
      const unmade = withoutRoutes(
        routes,
        made.filter((route) => !stay.some((kept) => sameKey(kept, route))),
      );
      const sourced = unmade.flatMap((route) => withoutSource(route, isOurs));
      const isLast = gone.family === 'inet' && !hasFamily(now, 'inet');
      return isLast ? withoutDeviceOf('inet', sourced, ref) : sourced;
    }),
  );
}

/** IPv4 routes go with their source; IPv6 routes lose it and stay. */
function withoutSource(route: Route, isOurs: (address: Address) => boolean): readonly Route[] {
  if (route.prefsrc === undefined || route.type === 'local' || isOurs(route.prefsrc)) return [route];
  if (route.family === 'inet') return [];
  const { prefsrc: _, ...rest } = route;
  return [rest];
}

function withoutDeviceOf(family: Family, routes: readonly Route[], ref: DeviceRef): readonly Route[] {
  return routes.flatMap((route) => (route.family === family ? withoutDevice([route], ref.device) : [route]));
}

function hasFamily(link: Link, family: Family): boolean {
  return link.addresses.some((each) => each.family === family);
}

function secondariesOf(netns: Netns, link: Link, gone: InterfaceAddress): readonly InterfaceAddress[] {
  if (gone.family !== 'inet' || gone.flags.includes('secondary')) return [];
  const promotes = ['all' as const, link.name].some((device) => {
    const setting = readSysctl(netns.sysctls, confKey('ipv4', device, 'promote_secondaries'));
    return setting.known && setting.value !== 0;
  });
  if (promotes) return [];
  return link.addresses.filter((each) => each.flags.includes('secondary') && isSameNetwork(each, gone));
}
