/**
 * Why the kernel would refuse an edit, as far as we know its rules: such an edit repairs nothing and is not printed.
 *
 * Source: net/ipv4/fib_semantics.c fib_check_nh(), net/ipv6/route.c ip6_route_check_nh(), net/ipv4/devinet.c
 * __inet_insert_ifa(), net/core/dev.c __dev_change_net_namespace(), net/8021q/vlan_dev.c vlan_dev_open(),
 * drivers/net/macvlan.c macvlan_port_create(). Seen in test/live/faults-apply.test.ts and faults-tunnels.test.ts.
 *
 * @module
 */

import { type Address, isLinkLocal } from '../net/address.ts';
import { contains } from '../net/prefix.ts';
import { sameKey, sameRoute } from './change.ts';
import type { Edit } from './edit.ts';
import { allLinks, findLink, findNetns, type Host, linksOf, type Netns } from './host.ts';
import type { DeviceName } from './link.ts';
import { type Nexthop, type Route, TABLE } from './route.ts';
import { confKey } from './sysctl.ts';

/** In the kernel's own words where it has some. `undefined`: it would do it, for all that we know. */
export function refusalOf(host: Host, edit: Edit): string | undefined {
  const netns = findNetns(host, edit.netns);
  if (netns === undefined) return `there is no namespace ${edit.netns}`;
  if ('device' in edit && edit.device !== undefined && findLink(host, edit.netns, edit.device) === undefined) {
    return `Cannot find device "${edit.device}"`;
  }
  switch (edit.kind) {
    case 'address-add':
      return refusedAddress(host, netns, edit);
    case 'route-add':
      return refusedRoute(netns, edit.route, routesOf(netns));
    case 'route-change':
      return routesOf(netns).some((route) => sameKey(route, edit.from))
        ? refusedNexthops(netns, edit.to)
        : 'No such process';
    case 'route-delete':
      return routesOf(netns).some((route) => sameRoute(route, edit.route)) ? undefined : 'No such process';
    case 'link-netns':
      return refusedMove(host, edit);
    case 'link-up':
      return refusedUp(host, edit);
    case 'macvlan-mode': {
      const detail = findLink(host, edit.netns, edit.device)?.detail;
      return detail?.kind === 'macvlan' && detail.mode === 'passthru' ? 'Invalid argument' : undefined;
    }
    case 'macvlan-add':
      return refusedMacvlan(host, netns, edit);
    case 'link-master':
      return edit.master !== undefined && findLink(host, edit.netns, edit.master) === undefined
        ? `Device "${edit.master}" does not exist`
        : undefined;
    default:
      return undefined;
  }
}

function refusedAddress(host: Host, netns: Netns, edit: Extract<Edit, { kind: 'address-add' }>): string | undefined {
  const { device, address, prefixLength } = edit;
  const link = findLink(host, netns.name, device);
  const isThere = link?.addresses.some(
    (each) => each.address === address && (address.includes(':') || each.prefixLength === prefixLength),
  );
  if (isThere === true) return 'Address already assigned';
  if (address.includes(':') && netns.sysctls.values.get(confKey('ipv6', device, 'disable_ipv6')) === '1') {
    return 'IPv6 is disabled on this device';
  }
  return undefined;
}

function refusedRoute(netns: Netns, route: Route, routes: readonly Route[]): string | undefined {
  if (routes.some((each) => sameKey(each, route))) return 'File exists';
  return refusedNexthops(netns, route);
}

function refusedNexthops(netns: Netns, route: Route): string | undefined {
  for (const hop of route.nexthops) {
    const link = linksOf(netns).find(({ name }) => name === hop.device);
    if (hop.device !== undefined && link === undefined) return `Cannot find device "${hop.device}"`;
    if (link !== undefined && !link.up) return 'Device for nexthop is not up';
    if (hop.via !== undefined && !isGateway(netns, hop.via, hop)) return 'Nexthop has invalid gateway';
  }
  return undefined;
}

/** A gateway must be reached without another gateway; one of IPv6 must not be the namespace itself, one of IPv4 may. */
function isGateway(netns: Netns, via: Address, hop: Nexthop): boolean {
  if (isOwn(netns, via)) return !via.includes(':');
  if (hop.flags.includes('onlink')) return true;
  return (isLinkLocal(via) && via.includes(':')) || isOnLink(netns, via, hop.device);
}

/** Whether the longest route of table main to the address leads onto a link itself. */
function isOnLink(netns: Netns, address: Address, device: DeviceName | undefined): boolean {
  const best = routesOf(netns)
    .filter((route) => route.table === TABLE.main && contains(route.destination, address))
    .filter((route) => device === undefined || route.nexthops.some((hop) => hop.device === device))
    .sort((a, b) => b.destination.length - a.destination.length || a.metric - b.metric)[0];
  return best?.type === 'unicast' && best.nexthops.every((hop) => hop.via === undefined);
}

function isOwn(netns: Netns, address: Address): boolean {
  return linksOf(netns).some(({ addresses }) => addresses.some((own) => own.address === address));
}

/** A VLAN device stays down while the device below is; a macvlan does not. */
function refusedUp(host: Host, edit: Extract<Edit, { kind: 'link-up' }>): string | undefined {
  const detail = findLink(host, edit.netns, edit.device)?.detail;
  if (detail?.kind !== 'vlan') return undefined;
  const { lower } = detail;
  const below = lower.kind === 'found' ? findLink(host, lower.netns, lower.device) : undefined;
  return below?.up === false ? 'Network is down' : undefined;
}

function refusedMacvlan(
  host: Host,
  netns: Netns,
  { name, lower }: Extract<Edit, { kind: 'macvlan-add' }>,
): string | undefined {
  if (findLink(host, netns.name, name) !== undefined) return 'File exists';
  const below = findLink(host, netns.name, lower);
  if (below === undefined) return `Cannot find device "${lower}"`;
  if (below.port !== undefined) return 'Device or resource busy';
  const isTaken = [...allLinks(host)].some(({ link: { detail } }) => {
    if (detail.kind !== 'macvlan' || detail.mode !== 'passthru' || detail.lower.kind !== 'found') return false;
    return detail.lower.netns === netns.name && detail.lower.device === lower;
  });
  return isTaken ? 'Invalid argument' : undefined;
}

function refusedMove(host: Host, edit: Extract<Edit, { kind: 'link-netns' }>): string | undefined {
  const link = findLink(host, edit.netns, edit.device);
  if (link?.detail.kind === 'bridge' || link?.detail.kind === 'loopback') return 'The interface netns is immutable';
  if (findNetns(host, edit.target) === undefined) return `there is no namespace ${edit.target}`;
  return findLink(host, edit.target, edit.device) === undefined ? undefined : 'File exists';
}

function routesOf(netns: Netns): readonly Route[] {
  return netns.routes.known ? netns.routes.value : [];
}
