/**
 * An interface that the packet needs is administratively down: the one it would leave by, or any on the wire to the
 * next hop. A down interface has no connected routes, so this shows as a missing route as well; the interface is named.
 *
 * @module
 */

import { findLink, type Host, linksOf, sameDevice } from '../../host/host.ts';
import { connectedPrefix } from '../../host/kernel-routes.ts';
import type { DeviceRef } from '../../host/link.ts';
import { contains } from '../../net/prefix.ts';
import { segmentOf, wireBetween } from '../../topology/wiring.ts';
import { defineRule, type Found } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { type Crossing, crossingOf } from '../search/crossing.ts';
import { droppedAs, routeSteps, unroutedIn } from '../search/dropped.ts';
import { unaddressedEnds } from '../search/unaddressed.ts';
import { usedWays } from '../search/used-way.ts';
import { likelyDevice, wayTo } from '../search/way.ts';

export const linkDown = defineRule({
  code: 'link-down',
  title: 'An interface on the path is down',
  source: 'net/ipv4/fib_frontend.c: fib_disable_ip(); drivers/net/veth.c: veth_open()',
  explains: [
    'no-carrier',
    'no-route',
    'neighbor-unresolved',
    'wrong-gateway',
    'outside-view',
    'nat-missing',
    'routing-loop',
  ],

  find(context) {
    const ref = downOnPath(context);
    return ref === undefined ? [] : [found(context.host, ref)];
  },
});

function found(host: Host, ref: DeviceRef): Found {
  const link = findLink(host, ref.netns, ref.device);
  const isVeth = link?.detail.kind === 'veth';
  return {
    netns: ref.netns,
    device: ref.device,
    what: `${ref.device} in ${ref.netns} is down`,
    why: isVeth
      ? 'A veth pair passes packets only while both ends are up, and an interface that is down has no connected routes'
      : 'An interface that is down passes no packets, and the kernel removes its connected routes',
    evidence: linkEvidence(host, ref),
    repairs: [{ intent: `Bring ${ref.device} up`, edits: [{ kind: 'link-up', ...ref }], sideEffects: undefined }],
  };
}

function downOnPath(context: FaultContext): DeviceRef | undefined {
  const { host } = context;
  const egress = droppedAs(context, 'egress-down')?.device;
  if (egress !== undefined && isDown(host, egress)) return egress;
  const crossing = crossingOf(context);
  if (crossing !== undefined) return downOnWire(context, crossing);
  return downTunnel(context) ?? downOutOf(context) ?? downBehindRoute(context);
}

/** The vxlan that would have taken the packet out is down. */
function downTunnel(context: FaultContext): DeviceRef | undefined {
  const reason = droppedAs(context, 'tunnel-unmatched')?.reason;
  return reason?.here.find((ref) => {
    const link = findLink(context.host, ref.netns, ref.device);
    const isMeant =
      link?.detail.kind === 'vxlan' && link.detail.vni === reason.vni && link.detail.dstPort === reason.port;
    return isMeant && !link.up;
  });
}

/**
 * The first one down on the wire to the owner. The one that takes the carrier, whoever owns it; without an owner, one before
 * somebody who could be meant: any other that is down has nothing to do with it.
 */
function downOnWire(context: FaultContext, crossing: Crossing): DeviceRef | undefined {
  const { host, journey } = context;
  const firstDown = (wire: readonly DeviceRef[]) => wire.find((ref) => isDown(host, ref));
  if (crossing.wire !== undefined) return firstDown(crossing.wire);
  if (droppedAs(context, 'no-carrier') !== undefined) return firstDown(crossing.segment);
  if (crossing.owners.length > 0) return undefined;
  const [meant] = unaddressedEnds(host, crossing, routeSteps(journey.steps).at(-1));
  return firstDown((meant && wireBetween(host, crossing.from, meant.ref)) ?? []);
}

/** No route, because the device that leads there is down. */
function downOutOf(context: FaultContext): DeviceRef | undefined {
  const unrouted = unroutedIn(context);
  if (unrouted === undefined) return undefined;
  const { netns, destination } = unrouted;
  const connecting = linksOf(netns).find(
    ({ up, addresses, detail }) =>
      !up && detail.kind !== 'loopback' && addresses.some((each) => holds(connectedPrefix(each), destination)),
  );
  if (connecting !== undefined) return { netns: netns.name, device: connecting.name };
  const used = usedWays(context.host, netns, destination).find(({ hops: [{ out }] }) => isDown(context.host, out));
  const hop = (used ?? wayTo(context.host, netns.name, destination))?.hops[0];
  const out = hop?.out ?? likelyDevice(netns, unrouted.family);
  if (out === undefined) return undefined;
  // IPv6 addresses go when an interface goes down, so that the neighbour cannot even be named.
  const beyond = hop === undefined ? segmentOf(context.host, out) : hop.nexthop === undefined ? [hop.into] : [];
  return [out, ...beyond].find((ref) => isDown(context.host, ref));
}

function holds(prefix: ReturnType<typeof connectedPrefix>, address: Parameters<typeof contains>[1]): boolean {
  return prefix !== undefined && contains(prefix, address);
}

/** A wider route was taken, because the narrower one of a device that is down is gone. */
function downBehindRoute({ host, journey }: FaultContext): DeviceRef | undefined {
  for (const { netns, lookup, route } of routeSteps(journey.steps)) {
    for (const ref of downLinksIn(host, netns)) {
      const link = findLink(host, ref.netns, ref.device);
      const isNarrower = link?.addresses.some((each) => {
        const prefix = connectedPrefix(each);
        return prefix !== undefined && prefix.length > route.destination.length && contains(prefix, lookup.destination);
      });
      if (isNarrower === true && !sameDevice(ref, { netns, device: route.nexthops[0]?.device ?? ref.device }))
        return ref;
    }
  }
  return undefined;
}

function downLinksIn(host: Host, netns: DeviceRef['netns']): readonly DeviceRef[] {
  const found = host.namespaces.find(({ name }) => name === netns);
  return found === undefined
    ? []
    : linksOf(found)
        .filter(({ up }) => !up)
        .map(({ name }) => ({ netns, device: name }));
}

function isDown(host: Host, ref: DeviceRef): boolean {
  const link = findLink(host, ref.netns, ref.device);
  return link !== undefined && !link.up && link.detail.kind !== 'loopback';
}
