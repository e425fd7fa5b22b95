/**
 * Which change a route came or went with: its device's, an address's, or that IPv6 was switched off.
 *
 * Source: net/ipv4/fib_frontend.c fib_inetaddr_event(), fib_netdev_event(); net/ipv6/addrconf.c addrconf_notify(). Seen in
 * test/live/difference.test.ts.
 *
 * @module
 */

import { contains } from '../../net/prefix.ts';
import type { DeviceName } from '../link.ts';
import type { Route } from '../route.ts';
import type { Change } from './change.ts';
import { type AddressChange, type ChangeIndex, type LinkChange, placeKey, type RouteChange } from './change-index.ts';
import { ipv6Switched } from './follows-sysctl.ts';
import { changedAspects } from './link-aspects.ts';

/** The device, the address, or the switch of IPv6 that it came or went with. */
export function causeOfRoute(change: RouteChange, index: ChangeIndex): Change | undefined {
  const { netns } = change;
  const route = change.action === 'added' ? change.after : change.before;
  const devices = route.nexthops.flatMap(({ device }) => device ?? []);
  for (const device of devices) {
    const link = index.links.get(placeKey(netns, device));
    if (link !== undefined && routesFollow(link)) return link;
  }
  const address = index.addresses.find(
    (other) => other.netns === netns && (ownsRoute(other, route, devices) || mayTakeRoute(other, change, devices)),
  );
  if (address !== undefined || route.family === 'inet') return address;
  return devices.map((device) => ipv6Switched(netns, device, index)).find((change) => change !== undefined);
}

/** IPv6 routes of the kernel's come and go with carrier as well; of both families, with the device and with `up`. */
function routesFollow(link: LinkChange): boolean {
  if (link.action !== 'changed') return true;
  return changedAspects(link.before, link.after).some(({ aspect }) => aspect === 'up' || aspect === 'carrier');
}

/** The connected, local and broadcast routes of an address, and those that name it as their source. */
function ownsRoute(change: AddressChange, route: Route, devices: readonly DeviceName[]): boolean {
  const { address, family } = change.action === 'deleted' ? change.before : change.after;
  if (family !== route.family) return false;
  if (change.action === 'deleted' && route.prefsrc === address) return true;
  return route.protocol === 'kernel' && devices.includes(change.device) && contains(route.destination, address);
}

/** With its last IPv4 address a device loses every IPv4 route (fib_disable_ip()), whoever made it. */
function mayTakeRoute(address: AddressChange, route: RouteChange, devices: readonly DeviceName[]): boolean {
  if (address.action !== 'deleted' || route.action !== 'deleted') return false;
  return address.before.family === 'inet' && route.before.family === 'inet' && devices.includes(address.device);
}
