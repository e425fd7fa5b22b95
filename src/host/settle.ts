/**
 * What follows by itself when devices change: carrier along veth pairs and bridges, the state of bridge ports, the
 * `linkdown` mark on routes, and the IPv6 addresses and routes of a device that can work now.
 *
 * Only what changed is touched: a port that somebody set to `blocking` stays so.
 * Limits: with STP the port is shown as it is after the forward delay; the link-local address is taken to be the
 * modified EUI-64 one (addr_gen_mode 0); it counts as usable at once, without the second of duplicate detection.
 *
 * Source: drivers/net/veth.c veth_open(), veth_close(); net/bridge/br_stp.c br_port_state_selection();
 * net/ipv6/addrconf.c addrconf_notify(). Held to the kernel in test/live/faults-apply.test.ts.
 *
 * @module
 */

import { type Address, addressFromBits, isLinkLocal } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import { changeLink, changeRoutes, mapKept, withRoutes } from './change.ts';
import { allLinks, findLink, type Host, linksOf, type Netns } from './host.ts';
import { kernelRoutesOf } from './kernel-routes.ts';
import type { DeviceName, InterfaceAddress, Link, PortState } from './link.ts';
import type { Nexthop, Route } from './route.ts';
import { confKey, readSysctl } from './sysctl.ts';

/**
 * Let a changed host come to rest.
 *
 * @param before The host as it was before the change.
 */
export function settle(before: Host, host: Host): Host {
  const wired = mapLinks(host, (_, link) => withCarrier(link, carrierOf(host, link)));
  const ported = mapLinks(wired, (netns, link) => settlePort(before, wired, netns, link));
  const bridged = mapLinks(ported, (netns, link) =>
    link.detail.kind === 'bridge' ? withCarrier(link, bridgeCarrier(before, netns, link)) : link,
  );
  const marked = { ...bridged, namespaces: bridged.namespaces.map(markLinkdown) };
  let awake: Host = marked;
  for (const { netns, link } of allLinks(marked)) awake = wakeInet6(before, awake, netns, link);
  return awake;
}

/** Namespaces that nothing touches stay the same values, and with them what was derived of them. */
function mapLinks(host: Host, change: (netns: Netns, link: Link) => Link): Host {
  const namespaces = host.namespaces.map((netns) => {
    if (!netns.links.known) return netns;
    const value = mapKept(netns.links.value, (link) => change(netns, link));
    return value === netns.links.value ? netns : { ...netns, links: { ...netns.links, value } };
  });
  return { ...host, namespaces };
}

function withCarrier(link: Link, carrier: boolean): Link {
  return link.carrier === carrier ? link : { ...link, carrier };
}

/**
 * A device that is down carries nothing; a veth needs both ends up; what stands on another has what that has; of the
 * others we know no more than they said.
 */
function carrierOf(host: Host, link: Link): boolean {
  if (!link.up) return false;
  switch (link.detail.kind) {
    case 'veth': {
      const { peer } = link.detail;
      return peer.kind === 'unseen' ? link.carrier : (findLink(host, peer.netns, peer.device)?.up ?? false);
    }
    case 'macvlan':
    case 'vlan': {
      const { lower } = link.detail;
      const below = lower.kind === 'found' ? findLink(host, lower.netns, lower.device) : undefined;
      return below === undefined ? link.carrier : carrierOf(host, below);
    }
    default:
      return link.carrier;
  }
}

/** A port forwards as soon as it and its bridge are up and it has carrier, and is disabled when that ends. */
function settlePort(before: Host, host: Host, netns: Netns, link: Link): Link {
  if (link.port === undefined) return link;
  const isAlive = isAlivePort(host, netns, link);
  const old = findLink(before, netns.name, link.name);
  const wasAlive = old !== undefined && old.master === link.master && isAlivePort(before, netns, old);
  if (isAlive === wasAlive) return link;
  const state: PortState = isAlive ? 'forwarding' : 'disabled';
  return { ...link, port: { ...link.port, state } };
}

function isAlivePort(host: Host, netns: Netns, link: Link): boolean {
  const bridge = link.master === undefined ? undefined : findLink(host, netns.name, link.master);
  return link.up && link.carrier && bridge?.up === true;
}

/** A bridge that never had a port has carrier; one that has ports needs one that forwards. */
function bridgeCarrier(before: Host, netns: Netns, bridge: Link): boolean {
  if (!bridge.up) return false;
  const ports = linksOf(netns).filter(({ master }) => master === bridge.name);
  if (ports.length > 0) return ports.some(({ port }) => port?.state === 'forwarding');
  const lostItsLast = linksIn(before, netns).some(({ master }) => master === bridge.name);
  const comesUp = findLink(before, netns.name, bridge.name)?.up === false;
  return !lostItsLast && (comesUp || bridge.carrier);
}

function linksIn(host: Host, netns: Netns): readonly Link[] {
  const found = host.namespaces.find(({ name }) => name === netns.name);
  return found === undefined ? [] : linksOf(found);
}

function markLinkdown(netns: Netns): Netns {
  if (!netns.routes.known) return netns;
  const dark = new Set(linksOf(netns).flatMap(({ name, up, carrier }) => (up && !carrier ? [name] : [])));
  const markHop = (hop: Nexthop): Nexthop => {
    const isDark = hop.device !== undefined && dark.has(hop.device);
    if (isDark === hop.flags.includes('linkdown')) return hop;
    const flags = hop.flags.filter((flag) => flag !== 'linkdown');
    return { ...hop, flags: isDark ? [...flags, 'linkdown'] : flags };
  };
  const mark = (route: Route): Route => {
    // A local route leads inside and does not need the wire.
    if (route.type === 'local') return route;
    const nexthops = mapKept(route.nexthops, markHop);
    return nexthops === route.nexthops ? route : { ...route, nexthops };
  };
  const value = mapKept(netns.routes.value, mark);
  return value === netns.routes.value ? netns : { ...netns, routes: { ...netns.routes, value } };
}

/** A device that has just come to life gets its link-local address, and the routes of the IPv6 addresses that it has. */
function wakeInet6(before: Host, host: Host, netns: Netns, link: Link): Host {
  const old = findLink(before, netns.name, link.name);
  const wasAlive = old?.up === true && old.carrier && old.ifindex === link.ifindex;
  if (!link.up || !link.carrier || wasAlive || link.detail.kind === 'loopback') return host;
  const disabled = readSysctl(netns.sysctls, confKey('ipv6', link.name, 'disable_ipv6'));
  if (!disabled.known || disabled.value !== 0) return host;
  return addLinkLocal(host, netns, link.name);
}

/** Give the device its link-local address, unless it has one. */
export function addLinkLocal(host: Host, netns: Netns, device: DeviceName): Host {
  const link = findLink(host, netns.name, device);
  if (link?.mac === undefined || link.detail.kind === 'loopback') return host;
  const hasOne = link.addresses.some(({ address }) => isLinkLocal(address) && address.includes(':'));
  const own: InterfaceAddress = {
    family: 'inet6',
    address: linkLocalOf(link.mac),
    prefixLength: 64,
    scope: 'link',
    flags: ['permanent'],
  };
  const woken = hasOne ? link : { ...link, addresses: [...link.addresses, own] };
  const inet6 = woken.addresses.filter(({ family }) => family === 'inet6');
  const addressed = changeLink(host, { netns: netns.name, device }, () => woken);
  return changeRoutes(addressed, netns.name, (routes) =>
    withRoutes(
      routes,
      inet6.flatMap((address) => kernelRoutesOf(woken, address)),
    ),
  );
}

/** RFC 4291 appendix A: `ff:fe` in the middle of the MAC, its universal bit turned. */
function linkLocalOf(mac: Mac): Address {
  const bytes = mac.split(':').map((byte) => BigInt(`0x${byte}`));
  const eui = [...bytes.slice(0, 3), 0xffn, 0xfen, ...bytes.slice(3)];
  const id = eui.reduce((bits, byte) => (bits << 8n) | byte, 0n) ^ (2n << 56n);
  return addressFromBits('inet6', (0xfe80n << 112n) | id);
}
