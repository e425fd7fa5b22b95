/**
 * A device and a bridge of one namespace that are not joined and ought to be: where attaching the one to the other
 * would complete the wire to the next hop.
 *
 * @module
 */

import { allLinks, findLink, findNetns, type Host, linksOf, type Netns, sameDevice } from '../../host/host.ts';
import type { DeviceName, DeviceRef, Link } from '../../host/link.ts';
import { type Address, type Family, familyOf, isLinkLocal } from '../../net/address.ts';
import { type Endpoint, endpointsOf, portsOf, segmentOf, wireBetween, wiredTo } from '../../topology/wiring.ts';
import type { FaultContext } from '../rule.ts';
import { type Crossing, crossingOf } from './crossing.ts';
import { droppedAs, type Unrouted, unroutedIn } from './dropped.ts';
import { connects, routableAddresses } from './owner.ts';
import { likelyDevice, matchingRoutes, wayTo } from './way.ts';

/** Attach `port` to `bridge`. */
export interface Joint {
  readonly port: DeviceRef;
  readonly bridge: DeviceName;
}

/** The joints that are missing, the likeliest first. */
export function missingJoints(context: FaultContext): readonly Joint[] {
  const oneWay = jointOfReverse(context) ?? jointOfArrival(context);
  if (oneWay !== undefined) return [oneWay];
  const unrouted = unroutedIn(context);
  if (unrouted !== undefined) return jointsBehind(context.host, unrouted);
  const crossing = crossingOf(context);
  // A link-local address is looked for on one link only: nobody has to be joined to it.
  if (crossing === undefined || crossing.wire !== undefined || isLinkLocal6(crossing.nexthop)) return [];
  const { host } = context;
  const joints = crossing.owners.length > 0 ? jointsToOwner(host, crossing) : jointsToSomewhere(host, crossing);
  return joints.length > 0 ? joints : jointsFromOtherBridge(host, crossing);
}

function isLinkLocal6(address: Address): boolean {
  return isLinkLocal(address) && familyOf(address) === 'inet6';
}

/** What came in by a free veth end would be answered by a bridge: that end belongs on the bridge. */
function jointOfReverse(context: FaultContext): Joint | undefined {
  const rejected = droppedAs(context, 'rp-filter');
  const unanswered = droppedAs(context, 'neighbor-unanswered');
  const silence = unanswered?.reason.silence;
  const port: DeviceRef | undefined =
    rejected !== undefined
      ? { netns: rejected.netns.name, device: rejected.reason.inDevice }
      : silence?.kind === 'rp-filter'
        ? silence.owner
        : undefined;
  if (port === undefined) return undefined;
  const family = rejected !== undefined ? familyOf(rejected.reason.source) : 'inet';
  const netns = findNetns(context.host, port.netns);
  const link = findLink(context.host, port.netns, port.device);
  const bridges = bridgesIn(context.host, port);
  const reverse = rejected?.reason.reverseDevice;
  const bridge = reverse === undefined ? bridges[0] : bridges.find(({ name }) => name === reverse);
  return netns !== undefined && link !== undefined && isFree(netns, link, family) && bridge !== undefined
    ? { port, bridge: bridge.name }
    : undefined;
}

/**
 * The request was taken in by a free veth end, as Linux does for any address of the namespace, and what is answered
 * goes to a bridge: the request may well get on, but no answer comes back this way.
 */
function jointOfArrival({ host, trip }: FaultContext): Joint | undefined {
  for (const step of trip.request.steps) {
    if (step.stage !== 'ingress' || step.device === undefined) continue;
    const port = { netns: step.netns, device: step.device };
    const netns = findNetns(host, step.netns);
    const link = findLink(host, step.netns, step.device);
    const { source } = step.packet;
    if (netns === undefined || link === undefined || !isFree(netns, link, familyOf(source))) continue;
    const back = matchingRoutes(netns, source)[0]?.nexthops[0]?.device;
    const bridge = bridgesIn(host, port).find(({ name }) => name === back);
    if (bridge !== undefined) return { port, bridge: bridge.name };
  }
  return undefined;
}

/** The joints missing on the wire to the owner that needs the fewest; the first one it meets, first. */
function jointsToOwner(host: Host, { from, owners, nexthop }: Crossing): readonly Joint[] {
  const free = pairs(host, familyOf(nexthop)).filter(({ port, bridge }) => {
    const link = findLink(host, port.netns, bridge);
    return link !== undefined && (routableAddresses(link, familyOf(nexthop)).length === 0 || connects(link, nexthop));
  });
  const open: { readonly at: DeviceRef; readonly joints: readonly Joint[] }[] = [{ at: from, joints: [] }];
  const seen = new Set<string>();
  for (let next = takeFewest(open); next !== undefined; next = takeFewest(open)) {
    const { at, joints } = next;
    if (owners.some(({ ref }) => sameDevice(ref, at))) return joints;
    const key = JSON.stringify(at);
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...wiredTo(host, at).map((ref) => ({ at: ref, joints })));
    for (const joint of free) {
      const bridge = { netns: joint.port.netns, device: joint.bridge };
      if (sameDevice(joint.port, at)) open.push({ at: bridge, joints: [...joints, joint] });
      if (sameDevice(bridge, at)) open.push({ at: joint.port, joints: [...joints, joint] });
    }
  }
  return [];
}

function takeFewest<T extends { readonly joints: readonly Joint[] }>(open: T[]): T | undefined {
  let best = 0;
  for (const [index, each] of open.entries()) {
    if (each.joints.length < (open[best]?.joints.length ?? 0)) best = index;
  }
  return open.splice(best, 1)[0];
}

/**
 * Nobody owns the next hop yet: the wire stops at a free end beside a bridge; or at a bridge beside a free end, behind
 * which somebody has no address.
 */
function jointsToSomewhere(host: Host, { segment, from, nexthop, isGateway }: Crossing): readonly Joint[] {
  const family = familyOf(nexthop);
  const isNear = (ref: DeviceRef) => segment.some((each) => sameDevice(each, ref));
  const own = findLink(host, from.netns, from.device);
  const expected = [
    nexthop,
    ...(own === undefined ? [] : routableAddresses(own, family).map(({ address }) => address)),
  ];
  const isUnaddressed = ({ ref, link }: Endpoint) =>
    ref.netns !== from.netns && routableAddresses(link, family).length === 0;
  return pairs(host, family).filter(({ port, bridge }) => {
    const other = { netns: port.netns, device: bridge };
    if (isNear(port)) return port.netns !== from.netns && leadsSomewhere(host, other, family, expected);
    const beyond = segmentOf(host, port).filter((ref) => !sameDevice(ref, port));
    return isNear(other) && !isGateway && endpointsOf(host, beyond).some(isUnaddressed);
  });
}

/**
 * Whether the bridge is of use to somebody, and may be meant: without an address it has ports; with one, its network
 * holds one of those that are expected on the wire. (Docker's bridge has an address, and is not meant.)
 */
function leadsSomewhere(host: Host, bridge: DeviceRef, family: Family, expected: readonly Address[]): boolean {
  const link = findLink(host, bridge.netns, bridge.device);
  if (link === undefined) return false;
  if (routableAddresses(link, family).length === 0) return portsOf(host, bridge).length > 0;
  return expected.length === 0 || expected.some((address) => connects(link, address));
}

/** There is no route yet, because the wire ends at a free end beside a bridge instead of at a neighbour to name. */
function jointsBehind(host: Host, { netns, destination, family }: Unrouted): readonly Joint[] {
  const hop = wayTo(host, netns.name, destination)?.hops[0];
  const out = hop?.out ?? likelyDevice(netns, family);
  const link = out && findLink(host, out.netns, out.device);
  if (out === undefined || link?.up !== true || hop?.nexthop !== undefined) return [];
  const own = routableAddresses(link, family).map(({ address }) => address);
  const near = segmentOf(host, out);
  return pairs(host, family).filter(
    ({ port, bridge }) =>
      port.netns !== netns.name &&
      near.some((each) => sameDevice(each, port)) &&
      leadsSomewhere(host, { netns: port.netns, device: bridge }, family, own),
  );
}

/** The wire leads to one bridge and the owner is on another of the same namespace: our port is on the wrong one. */
function jointsFromOtherBridge(host: Host, { segment, from, owners }: Crossing): readonly Joint[] {
  return segment.flatMap((ref) => {
    const link = findLink(host, ref.netns, ref.device);
    if (link?.detail.kind !== 'bridge') return [];
    const port = wireBetween(host, from, ref)?.at(-2);
    if (port === undefined || port.netns !== ref.netns) return [];
    const sender = findLink(host, from.netns, from.device);
    const own = (sender?.addresses ?? []).filter((each) => !isLinkLocal(each.address));
    const isOwn = (bridge: Link) => own.some(({ address }) => connects(bridge, address));
    // A port on a bridge of the sender's own network is where it belongs, unless the other one has that network, too.
    const isMeant = (bridge: Link) => !isOwn(link) || isOwn(bridge);
    return bridgesIn(host, ref)
      .filter((bridge) => bridge.name !== ref.device && isMeant(bridge))
      .filter(({ name }) =>
        owners.some((owner) => wireBetween(host, { netns: ref.netns, device: name }, owner.ref) !== undefined),
      )
      .map(({ name }) => ({ port, bridge: name }));
  });
}

/** Every free end with every bridge of its namespace. */
function pairs(host: Host, family: Family): readonly Joint[] {
  return [...allLinks(host)]
    .filter(({ netns, link }) => isFree(netns, link, family))
    .flatMap(({ netns, link }) => {
      const port = { netns: netns.name, device: link.name };
      const own = segmentOf(host, port);
      return bridgesIn(host, port)
        .filter(({ name }) => !own.some((each) => sameDevice(each, { netns: netns.name, device: name })))
        .map(({ name }) => ({ port, bridge: name }));
    });
}

/** A device that could be a port and does nothing else: no address, no master, no route that somebody added. */
function isFree(netns: Netns, link: Link, family: Family): boolean {
  const isWire = link.detail.kind === 'veth' || link.detail.kind === 'vxlan';
  if (!isWire || link.master !== undefined || routableAddresses(link, family).length > 0) return false;
  const routes = netns.routes.known ? netns.routes.value : [];
  return !routes.some(({ protocol, nexthops }) => {
    return protocol !== 'kernel' && nexthops.some(({ device }) => device === link.name);
  });
}

function bridgesIn(host: Host, ref: DeviceRef): readonly Link[] {
  const netns = findNetns(host, ref.netns);
  return netns === undefined ? [] : linksOf(netns).filter(({ detail }) => detail.kind === 'bridge');
}
