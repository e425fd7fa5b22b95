/**
 * An interface on the way holds no address of the family: the sender's own, or the one that ought to answer for the
 * next hop.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findLink, findNetns, type Host } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import { type Address, type Family, familyOf, isLinkLocal } from '../../net/address.ts';
import { defineRule, type Found } from '../define.ts';
import { addressEvidence, derived } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf, lengthFacing } from '../search/crossing.ts';
import { droppedAs, routeSteps, type Unrouted, unroutedIn } from '../search/dropped.ts';
import {
  freeAddressApart,
  freeAddressBeside,
  freeAddressFor,
  guessText,
  type NewAddress,
} from '../search/free-address.ts';
import { routableAddresses } from '../search/owner.ts';
import { familyText } from '../search/text.ts';
import { unaddressedEnds } from '../search/unaddressed.ts';
import { usedWays } from '../search/used-way.ts';
import { forwards, likelyDevice, wayTo } from '../search/way.ts';

export const noAddress = defineRule({
  code: 'no-address',
  title: 'An interface on the path has no address',
  source: 'net/ipv4/arp.c: arp_process(); net/ipv4/devinet.c: inet_select_addr()',
  explains: [
    'martian-source',
    'no-route',
    'gateway-unreachable',
    'address-not-found',
    'neighbor-unresolved',
    'disconnected',
  ],

  find(context) {
    return [...ownMissing(context), ...peerMissing(context), ...notOurs(context)];
  },
});

/** The sender has no address on the interface that leads to the destination. */
function ownMissing(context: FaultContext): readonly Found[] {
  const place = unaddressedOut(context);
  if (place === undefined) return [];
  const { destination } = context.question;
  const free = freeAddressFor(context.host, place.ref, place.family, destination) ?? guessFor(context, place.ref);
  // An IPv6 router passes packets on without an address of its own there: only its neighbour's has to be known.
  if (free === undefined && place.family === 'inet6' && place.ref.netns !== context.question.netns) return [];
  return [found(context.host, place.ref, place.family, free === undefined ? [] : [add(place.ref, free)])];
}

/**
 * Nobody on the wire has an address to go by. Behind a router the sender needs a network of its own; else it may be the
 * destination's neighbour.
 */
function guessFor({ host, question }: FaultContext, ref: DeviceRef): NewAddress | undefined {
  const { destination } = question;
  const way = wayTo(host, ref.netns, destination);
  if (ref.netns !== question.netns && way !== undefined) return undefined;
  const next = way && findNetns(host, way.hops[0].into.netns);
  const isRouted = next !== undefined && (way?.hops.length ?? 0) > 1 && forwards(next, familyOf(destination));
  return isRouted ? freeAddressApart(host, destination) : freeAddressBeside(host, destination);
}

function unaddressedOut(context: FaultContext): { ref: DeviceRef; family: Family } | undefined {
  const { host } = context;
  const unsourced = droppedAs(context, 'no-source');
  const device = unsourced?.reason.route.nexthops[0]?.device;
  if (unsourced !== undefined && device !== undefined) {
    return { ref: { netns: unsourced.netns.name, device }, family: unsourced.reason.route.family };
  }
  const linkLocal = linkLocalSender(context);
  if (linkLocal !== undefined) return { ref: linkLocal, family: 'inet6' };
  const unrouted = unroutedIn(context);
  if (unrouted === undefined) return undefined;
  const { netns, destination } = unrouted;
  const [way = wayTo(host, netns.name, destination)] = usedWays(host, netns, destination);
  const out = way?.hops[0].out ?? likelyDevice(netns, unrouted.family);
  const link = out && findLink(host, out.netns, out.device);
  if (out === undefined || link === undefined || !link.up || isUnnumbered(host, unrouted, out)) return undefined;
  return routableAddresses(link, unrouted.family).length === 0 ? { ref: out, family: unrouted.family } : undefined;
}

/** Whether the namespace routes by another device that has no address either: what is missing then is a route. */
function isUnnumbered(host: Host, { netns, family }: Unrouted, out: DeviceRef): boolean {
  if (family !== 'inet' || !netns.routes.known) return false;
  return netns.routes.value.some(({ type, family: own, nexthops }) => {
    if (type !== 'unicast' || own !== family) return false;
    return nexthops.some(({ device }) => {
      const link = device === out.device || device === undefined ? undefined : findLink(host, netns.name, device);
      return link !== undefined && routableAddresses(link, family).length === 0;
    });
  });
}

/** Without an address of its own the sender takes its link-local one, which leads no answer beyond the link. */
function linkLocalSender({ host, trip, question }: FaultContext): DeviceRef | undefined {
  const step = routeSteps(trip.request.steps).find(({ netns }) => netns === question.netns);
  const device = step?.nexthop?.device;
  if (step?.source === undefined || device === undefined) return undefined;
  if (!isLinkLocal(step.source) || isLinkLocal(question.destination) || step.nexthop?.via === undefined)
    return undefined;
  const link = findLink(host, step.netns, device);
  return link === undefined || routableAddresses(link, 'inet6').length > 0 ? undefined : { netns: step.netns, device };
}

/** Nobody owns the next hop, and an interface on the wire has no address at all. */
function peerMissing(context: FaultContext): readonly Found[] {
  const crossing = crossingOf(context);
  if (crossing === undefined) return [];
  const family = familyOf(crossing.nexthop);
  const step = routeSteps(context.journey.steps).at(-1);
  // One that is down is found first, and asked again once it is up.
  const candidates = unaddressedEnds(context.host, crossing, step).filter(({ link }) => link.up);
  const [first] = candidates;
  if (first === undefined) return [];
  const prefixLength = lengthFacing(context.host, crossing);
  const address = { address: crossing.nexthop, prefixLength };
  return [
    found(
      context.host,
      first.ref,
      family,
      candidates.map(({ ref }) => add(ref, address)),
      crossing.nexthop,
    ),
  ];
}

/** `--from` named an address that the namespace does not have: nothing to repair, but to ask otherwise. */
function notOurs(context: FaultContext): readonly Found[] {
  const dropped = droppedAs(context, 'source-not-ours');
  if (dropped === undefined) return [];
  const { netns, reason } = dropped;
  return [
    {
      netns: netns.name,
      device: undefined,
      what: `${netns.name} does not have the address ${reason.source} to send from`,
      why: 'A socket can be bound only to an address of its own namespace',
      evidence: [derived(`no interface in ${netns.name} holds ${reason.source}`)],
      repairs: [],
    },
  ];
}

function found(host: Host, ref: DeviceRef, family: Family, repairs: readonly Repair[], missing?: Address): Found {
  const wanted = missing === undefined || isLinkLocal(missing) ? '' : `, and nobody there has ${missing}`;
  return {
    ...ref,
    what: `${ref.device} in ${ref.netns} has no ${familyText(family)} address${wanted}`,
    why:
      missing === undefined
        ? 'An interface without an address has no connected network, and the kernel no source address to send from'
        : 'Only the owner of an address answers for it; an interface without one answers nobody',
    evidence: addressEvidence(host, ref, family),
    repairs,
  };
}

function add(ref: DeviceRef, added: NewAddress): Repair {
  const { address, prefixLength, expectedBy } = added;
  const which = expectedBy === undefined ? '' : `, which ${expectedBy} has a route to`;
  return {
    intent: `Give ${ref.device} in ${ref.netns} the address ${address}/${prefixLength}${which}`,
    edits: [{ kind: 'address-add', ...ref, address, prefixLength }],
    sideEffects: guessText(added),
  };
}
