/**
 * Small changes to parts of a host, as building blocks of `apply`. What is unknown stays unknown.
 *
 * @module
 */

import { type Fact, mapFact } from './fact.ts';
import { type Host, type Netns, replaceNetns } from './host.ts';
import type { DeviceRef, Link, NetnsName } from './link.ts';
import type { Route } from './route.ts';

/** Put another value of one device in its place. */
export function changeLink(host: Host, ref: DeviceRef, change: (link: Link) => Link): Host {
  return changeLinks(host, ref.netns, (links) => links.map((link) => (link.name === ref.device ? change(link) : link)));
}

/** Put another list of devices in the place of a namespace's. */
export function changeLinks(host: Host, netns: NetnsName, change: (links: readonly Link[]) => readonly Link[]): Host {
  return replaceNetns(host, netns, (each) => ({ ...each, links: mapFact(each.links, change) }));
}

/** Put another list of routes in the place of a namespace's. */
export function changeRoutes(
  host: Host,
  netns: NetnsName,
  change: (routes: readonly Route[]) => readonly Route[],
): Host {
  return replaceNetns(host, netns, (each) => ({ ...each, routes: mapFact(each.routes, change) }));
}

/** Add those that are not there yet. */
export function withRoutes(routes: readonly Route[], added: readonly Route[]): readonly Route[] {
  const all = [...routes];
  for (const route of added) if (!all.some((each) => sameRoute(each, route))) all.push(route);
  return all;
}

/** Take out the routes that equal one of these. */
export function withoutRoutes(routes: readonly Route[], removed: readonly Route[]): readonly Route[] {
  return routes.filter((route) => !removed.some((each) => sameRoute(each, route)));
}

/** Whether they are one route to the kernel: same destination and key, same way out. Flags come and go. */
export function sameRoute(a: Route, b: Route): boolean {
  return sameKey(a, b) && a.type === b.type && a.prefsrc === b.prefsrc && sameNexthops(a, b);
}

/** Whether the kernel would not hold both: what `ip route add` answers "File exists" to, and `change` looks for. */
export function sameKey(a: Route, b: Route): boolean {
  return (
    a.family === b.family &&
    a.table === b.table &&
    a.metric === b.metric &&
    (a.tos ?? 0) === (b.tos ?? 0) &&
    a.destination.length === b.destination.length &&
    a.destination.bits === b.destination.bits &&
    a.from?.bits === b.from?.bits &&
    a.from?.length === b.from?.length
  );
}

function sameNexthops(a: Route, b: Route): boolean {
  return (
    a.nexthops.length === b.nexthops.length &&
    a.nexthops.every((hop, index) => {
      const other = b.nexthops[index];
      return other !== undefined && hop.via === other.via && hop.device === other.device && hop.weight === other.weight;
    })
  );
}

/**
 * Forget every neighbour of the device, those set by hand as well: what another MAC, or switching ARP, does to it
 * (neigh_changeaddr() in net/core/neighbour.c).
 */
export function forgetNeighbors(host: Host, { netns, device }: DeviceRef): Host {
  return replaceNetns(host, netns, (each) => ({
    ...each,
    neighbors: mapFact(each.neighbors, (entries) => entries.filter((entry) => entry.proxy || entry.device !== device)),
  }));
}

/**
 * Forget what was learned and would be learned anew: neighbour entries and FDB entries that nobody set by hand.
 * After links change, they may lead astray, and the kernel replaces them as soon as packets flow.
 */
export function forgetLearned(host: Host): Host {
  const forget = (netns: Netns): Netns => {
    const neighbors = filterFact(
      netns.neighbors,
      ({ state, proxy }) => proxy || state === 'permanent' || state === 'noarp',
    );
    const fdb = filterFact(netns.fdb, ({ state }) => state !== 'dynamic');
    return neighbors === netns.neighbors && fdb === netns.fdb ? netns : { ...netns, neighbors, fdb };
  };
  return { ...host, namespaces: host.namespaces.map(forget) };
}

/** As `map`; the list itself where no entry is another, so that what was derived of it stays good. */
export function mapKept<T>(list: readonly T[], change: (entry: T) => T): readonly T[] {
  const mapped = list.map(change);
  return mapped.every((entry, index) => entry === list[index]) ? list : mapped;
}

function filterFact<T>(fact: Fact<readonly T[]>, stays: (entry: T) => boolean): Fact<readonly T[]> {
  return !fact.known || fact.value.every(stays) ? fact : { ...fact, value: fact.value.filter(stays) };
}
