/**
 * What taking an edit back does not bring back: the command is undone, what went with it stays gone.
 *
 * - An interface that goes down loses its IPv6 addresses, unless keep_addr_on_down is set (net/ipv6/addrconf.c,
 *   addrconf_ifdown()); so does one that was given them while it was down, and is put down again.
 * - One that moves to another namespace arrives down and without addresses, and every route through it is gone
 *   (net/core/dev.c, __dev_change_net_namespace()).
 * - An address that is deleted takes along its secondary addresses, and every route of its network or with its source
 *   (net/ipv4/devinet.c, __inet_del_ifa(); net/ipv4/fib_frontend.c, fib_del_ifaddr()).
 *
 * Seen in test/live/undo.test.ts.
 *
 * @module
 */

import { isLinkLocal } from '../net/address.ts';
import { applyEdit } from './apply.ts';
import { sameRoute } from './change.ts';
import type { Edit } from './edit.ts';
import { findLink, findNetns, type Host, linksOf } from './host.ts';
import type { DeviceName, NetnsName } from './link.ts';
import { routeText } from './route-text.ts';
import { confKey, readSysctl } from './sysctl.ts';

/** How many losses are named. */
const MOST_NAMED = 3;

/** @param host As it is before the edit. @returns A sentence without a full stop; `undefined` when the undo is whole. */
export function undoLosses(host: Host, edit: Edit): string | undefined {
  switch (edit.kind) {
    case 'link-up': {
      const lost = inet6LostWhenDown(host, edit);
      return lost.length === 0
        ? undefined
        : `Taking it back puts ${edit.device} down, which deletes its IPv6 addresses: ${listed(lost)}`;
    }
    case 'link-netns':
    case 'address-delete': {
      const lost = lostBy(host, edit);
      const it = edit.kind === 'link-netns' ? edit.device : edit.address;
      return lost.length === 0
        ? undefined
        : `What goes with ${it} does not come back when it is taken back: ${listed(lost)}`;
    }
    default:
      return undefined;
  }
}

function inet6LostWhenDown(host: Host, { netns, device }: Extract<Edit, { kind: 'link-up' }>): readonly string[] {
  const link = findLink(host, netns, device);
  const sysctls = findNetns(host, netns)?.sysctls;
  if (link === undefined || link.detail.kind === 'loopback' || sysctls === undefined) return [];
  const keepOf = (name: DeviceName | 'all') => {
    const keep = readSysctl(sysctls, confKey('ipv6', name, 'keep_addr_on_down'));
    // Unread, it is taken for unset: better one warning too many.
    return keep.known ? keep.value : 0;
  };
  // That of the device counts only where `all` says nothing.
  if ((keepOf('all') || keepOf(device)) > 0) return [];
  return link.addresses
    .filter(({ family, address }) => family === 'inet6' && !isLinkLocal(address))
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`);
}

/** What is there before and not after, but for what the edit itself names and what the kernel makes again by itself. */
function lostBy(host: Host, edit: Extract<Edit, { kind: 'link-netns' | 'address-delete' }>): readonly string[] {
  const after = applyEdit(host, edit);
  const left = new Set(addressesIn(after, edit.netns));
  const itself = edit.kind === 'address-delete' ? `${edit.address}/${edit.prefixLength} on ${edit.device}` : undefined;
  const addresses = addressesIn(host, edit.netns).filter((each) => !left.has(each) && each !== itself);
  const routesLeft = routesIn(after, edit.netns);
  const routes = routesIn(host, edit.netns).filter((route) => !routesLeft.some((each) => sameRoute(each, route)));
  return [...addresses, ...routes.map((route) => `the route ${routeText(route)}`)];
}

function addressesIn(host: Host, name: NetnsName): readonly string[] {
  const netns = findNetns(host, name);
  return (netns === undefined ? [] : linksOf(netns)).flatMap((link) =>
    link.addresses
      .filter(({ address }) => !isLinkLocal(address))
      .map(({ address, prefixLength }) => `${address}/${prefixLength} on ${link.name}`),
  );
}

function routesIn(host: Host, name: NetnsName) {
  const routes = findNetns(host, name)?.routes;
  return routes?.known ? routes.value.filter(({ protocol }) => protocol !== 'kernel') : [];
}

function listed(items: readonly string[]): string {
  const more = items.length - MOST_NAMED;
  return `${items.slice(0, MOST_NAMED).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
