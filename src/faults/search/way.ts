/**
 * The way that a packet ought to take: the cheapest chain of namespaces from one to another along the wires, whatever
 * routes there are. It answers which neighbour a missing or wrong route should name.
 *
 * A way prefers namespaces that forward already and networks that fit; it takes what is down or unaddressed only when
 * nothing else leads there, so that the first thing wrong on the best way is the thing to repair.
 *
 * @module
 */

import { findLink, findNetns, type Host, linksOf, type Netns, sameDevice } from '../../host/host.ts';
import type { DeviceName, DeviceRef, Link, NetnsName } from '../../host/link.ts';
import type { Route } from '../../host/route.ts';
import { confKey, readSysctl } from '../../host/sysctl.ts';
import { type Address, type Family, familyOf } from '../../net/address.ts';
import { contains } from '../../net/prefix.ts';
import { type Endpoint, endpointsOf, portsOf, segmentOf } from '../../topology/wiring.ts';
import { addressFacing, connects, routableAddresses } from './owner.ts';

/** What a hop costs: 10 for itself, more for each thing that would have to be repaired first. */
const COST = { hop: 10, notForwarding: 5, otherNetwork: 4, unaddressed: 6, bothUnaddressed: 30, down: 3 } as const;

/** From one namespace into the next. */
export interface WayHop {
  /** The device that the packet leaves by. */
  readonly out: DeviceRef;
  /** The device that it arrives at. */
  readonly into: DeviceRef;
  /** The address of `into` that a route would name; `undefined` when it has none. */
  readonly nexthop: Address | undefined;
}

/** Hops in order; never empty. */
export interface Way {
  readonly hops: readonly [WayHop, ...WayHop[]];
  readonly cost: number;
}

interface Reached {
  readonly netns: NetnsName;
  readonly hops: readonly WayHop[];
  readonly cost: number;
}

/**
 * Find the way to the namespace that owns the address; when none does, to one that its network is connected to (the
 * owner may have lost it), or else to one that would send it off the host.
 *
 * @param leaveBy The device to begin with; `undefined` leaves the choice.
 */
export function wayTo(host: Host, from: NetnsName, destination: Address, leaveBy?: DeviceName): Way | undefined {
  const family = familyOf(destination);
  const goals = [owns, connectsTo, hasWayOut].map((is) => host.namespaces.filter((netns) => is(netns, destination)));
  const goal = goals.find((namespaces) => namespaces.length > 0) ?? [];
  const isGoal = (netns: Netns) => goal.includes(netns);
  const open: Reached[] = [{ netns: from, hops: [], cost: 0 }];
  const done = new Set<NetnsName>();
  for (let best = takeCheapest(open); best !== undefined; best = takeCheapest(open)) {
    if (done.has(best.netns)) continue;
    done.add(best.netns);
    const netns = findNetns(host, best.netns);
    if (netns === undefined) continue;
    const [first, ...rest] = best.hops;
    if (first !== undefined && isGoal(netns)) return { hops: [first, ...rest], cost: best.cost };
    if (best.hops.length > 0 && !couldForward(netns)) continue;
    for (const step of stepsFrom(host, netns, family, destination)) {
      if (best.hops.length === 0 && leaveBy !== undefined && step.hop.out.device !== leaveBy) continue;
      const pass =
        owns(netns, destination) || best.hops.length === 0 || forwards(netns, family) ? 0 : COST.notForwarding;
      open.push({ netns: step.hop.into.netns, hops: [...best.hops, step.hop], cost: best.cost + step.cost + pass });
    }
  }
  return undefined;
}

function takeCheapest(open: Reached[]): Reached | undefined {
  let best = 0;
  for (const [index, each] of open.entries()) if (each.cost < (open[best]?.cost ?? 0)) best = index;
  return open.splice(best, 1)[0];
}

/** Whether the namespace has the address itself. */
export function owns(netns: Netns, address: Address): boolean {
  return linksOf(netns).some(({ addresses }) => addresses.some((own) => own.address === address));
}

/** A namespace with one device to the outside passes nothing on. */
function couldForward(netns: Netns): boolean {
  return waysOut(netns).length > 1;
}

/** The devices at which packets can leave the namespace: all but lo and bridge ports. */
export function waysOut(netns: Netns): readonly Link[] {
  return linksOf(netns).filter(({ detail, port }) => detail.kind !== 'loopback' && port === undefined);
}

/**
 * Where to begin when the destination itself says nothing: at the one device by which packets can leave at all, or at
 * the one that has no address, and so perhaps the network that is looked for.
 */
export function likelyDevice(netns: Netns, family: Family): DeviceRef | undefined {
  const out = waysOut(netns);
  const bare = out.filter((link) => routableAddresses(link, family).length === 0);
  const [only, other] = out.length === 1 ? out : bare;
  return only === undefined || other !== undefined ? undefined : { netns: netns.name, device: only.name };
}

/** Whether the namespace has one device alone by which packets can leave, as end hosts have. */
export function isEndHost(netns: Netns): boolean {
  return waysOut(netns).length === 1;
}

/** Whether any device of the namespace forwards the family. */
export function forwards(netns: Netns, family: Family): boolean {
  const protocol = family === 'inet' ? 'ipv4' : 'ipv6';
  return ['all' as const, ...linksOf(netns).map(({ name }) => name)].some((device) => {
    const setting = readSysctl(netns.sysctls, confKey(protocol, device, 'forwarding'));
    return setting.known && setting.value !== 0;
  });
}

/** Whether a network of the namespace holds the address. */
function connectsTo(netns: Netns, address: Address): boolean {
  return linksOf(netns).some((link) => connects(link, address));
}

/** Whether it could pass packets on, and has a route for the address that is no net of its own. */
function hasWayOut(netns: Netns, address: Address): boolean {
  if (!couldForward(netns) && !linksOf(netns).some(({ name }) => isUplink(netns, name))) return false;
  return matchingRoutes(netns, address).some(
    ({ type, nexthops }) =>
      type === 'unicast' && nexthops.some((hop) => hop.via !== undefined || isUplink(netns, hop.device)),
  );
}

function isUplink(netns: Netns, device: string | undefined): boolean {
  return linksOf(netns).some(({ name, detail }) => name === device && detail.kind === 'physical');
}

/** The routes of any table but `local` that hold the address, the longest first. */
export function matchingRoutes(netns: Netns, address: Address): readonly Route[] {
  const routes = netns.routes.known ? netns.routes.value : [];
  return routes
    .filter((route) => route.type !== 'local' && route.type !== 'broadcast' && contains(route.destination, address))
    .sort((a, b) => b.destination.length - a.destination.length || a.metric - b.metric);
}

interface WayStep {
  readonly hop: WayHop;
  readonly cost: number;
}

function stepsFrom(host: Host, netns: Netns, family: Family, destination: Address): readonly WayStep[] {
  return waysOut(netns).flatMap((link) => {
    const out = { netns: netns.name, device: link.name };
    return endpointsOf(host, segmentOf(host, out))
      .filter(({ ref }) => ref.netns !== netns.name && !sameDevice(ref, out))
      .map((end) => stepTo({ ref: out, link }, withPortAddresses(host, end), family, destination));
  });
}

/** A bridge whose address was put onto one of its ports is spoken to by that one: it belongs on the bridge. */
function withPortAddresses(host: Host, end: Endpoint): Endpoint {
  if (end.link.detail.kind !== 'bridge' || end.link.addresses.some(({ scope }) => scope === 'global')) return end;
  const ports = portsOf(host, end.ref).flatMap(({ netns, device }) => findLink(host, netns, device) ?? []);
  const addresses = ports.flatMap((link) => link.addresses.filter(({ scope }) => scope === 'global'));
  return addresses.length === 0
    ? end
    : { ...end, link: { ...end.link, addresses: [...end.link.addresses, ...addresses] } };
}

function stepTo(out: Endpoint, into: Endpoint, family: Family, destination: Address): WayStep {
  const nexthop = speakable(out.link, into.link, family, destination);
  const fits = nexthop !== undefined && connects(out.link, nexthop);
  const isDown = (link: Link) => (link.up ? 0 : COST.down);
  const isBare = ({ link }: Endpoint) => routableAddresses(link, family).length === 0;
  return {
    hop: { out: out.ref, into: into.ref, nexthop },
    cost: COST.hop + addressCost(isBare(out), isBare(into), fits) + isDown(out.link) + isDown(into.link),
  };
}

/** Two bridges that only switch are no way for packets, however near their wire brings them: an overlay's, most often. */
function addressCost(isOutBare: boolean, isIntoBare: boolean, fits: boolean): number {
  if (isOutBare && isIntoBare) return COST.bothUnaddressed;
  if (isOutBare || isIntoBare) return COST.unaddressed;
  return fits ? 0 : COST.otherNetwork;
}

/**
 * The address of the far device to name as next hop: the destination itself, else one in a network of ours. IPv6 can
 * name the link-local one when there is no other.
 */
function speakable(out: Link, into: Link, family: Family, destination: Address): Address | undefined {
  const addresses = routableAddresses(into, family).map(({ address }) => address);
  if (addresses.includes(destination)) return destination;
  const linkLocal = into.addresses.find(({ family: own }) => own === 'inet6' && family === 'inet6')?.address;
  return addresses.find((address) => addressFacing(out, address) !== undefined) ?? addresses[0] ?? linkLocal;
}
