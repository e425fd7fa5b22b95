/**
 * The far end of a veth sits where nobody uses it: left behind in the namespace it was made in, or where nsdiag cannot
 * look.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findLink, type Host, linksOf, type Netns, sameDevice } from '../../host/host.ts';
import type { DeviceRef, Link, NetnsName } from '../../host/link.ts';
import { type Family, familyOf } from '../../net/address.ts';
import { type Endpoint, endpointsOf, segmentOf } from '../../topology/wiring.ts';
import { defineRule, type Found } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf, lengthFacing } from '../search/crossing.ts';
import { unroutedIn } from '../search/dropped.ts';
import type { NewAddress } from '../search/free-address.ts';
import { moveIn, moveOnto } from '../search/move-in.ts';
import { bareNamespaces, isUntouched } from '../search/stray.ts';
import { placeText } from '../search/text.ts';
import { wayTo } from '../search/way.ts';

export const danglingVeth = defineRule({
  code: 'dangling-veth',
  title: 'The other end of a veth is in no namespace that uses it',
  source: 'drivers/net/veth.c: veth_xmit(), a packet goes to the peer, wherever that is',
  explains: [
    'link-down',
    'no-carrier',
    'no-address',
    'address-not-found',
    'gateway-unreachable',
    'neighbor-unresolved',
    'no-route',
    'disconnected',
  ],

  find(context) {
    const unseen = unseenPeer(context);
    if (unseen !== undefined) return [unseen];
    const near = strays(context);
    return near.length > 0 ? near : straysBehindOwner(context);
  },
});

/** The pair's other end is in a namespace that could not be looked into. */
function unseenPeer(context: FaultContext): Found | undefined {
  const crossing = crossingOf(context);
  if (crossing === undefined || crossing.wire !== undefined) return undefined;
  const ref = crossing.segment.find((each) => {
    const detail = findLink(context.host, each.netns, each.device)?.detail;
    return detail?.kind === 'veth' && detail.peer.kind === 'unseen';
  });
  if (ref === undefined) return undefined;
  return {
    ...ref,
    what: `the other end of ${placeText(ref)} is in a namespace that nsdiag cannot see`,
    why: 'A veth hands every packet to its other end, and only what is done there can pass it on',
    evidence: linkEvidence(context.host, ref),
    repairs: [],
  };
}

/** The end was left on the sender's side of the gap. */
function strays(context: FaultContext): readonly Found[] {
  const { host } = context;
  const start = startOf(context);
  if (start === undefined) return [];
  const end = endpointsOf(host, start.segment).find(
    ({ ref, link }) => !start.isOwn(ref) && isUntouched(host, ref.netns, link),
  );
  if (end === undefined) return [];
  const isElsewhere = (name: NetnsName) => name !== end.ref.netns && name !== start.netns;
  const owners = start.owners.filter(({ netns }) => isElsewhere(netns));
  const bare = start.owners.length > 0 ? [] : bareNamespaces(host).filter(({ name }) => isElsewhere(name));
  const repairs = [
    ...owners.flatMap((owner) => {
      const bridges = segmentOf(host, owner).filter((ref) => isBridge(host, ref) && isElsewhere(ref.netns));
      return bridges.length > 0
        ? bridges.map((bridge) => moveOnto(end.ref, bridge))
        : [moveIn(host, end.ref, owner.netns, start.family, start.wanted)];
    }),
    ...bare.map(({ name }) => moveIn(host, end.ref, name, start.family, start.wanted)),
  ];
  return repairs.length === 0 ? [] : [left(host, end, repairs)];
}

/** The end was left on the far side: behind it is who has the address, and on the sender's side a bridge that waits. */
function straysBehindOwner(context: FaultContext): readonly Found[] {
  const { host } = context;
  const crossing = crossingOf(context);
  if (crossing === undefined || crossing.wire !== undefined) return [];
  const bridges = crossing.segment.filter((ref) => isBridge(host, ref));
  for (const { ref: owner } of crossing.owners) {
    const behind = endpointsOf(host, segmentOf(host, owner));
    const end = behind.find(({ ref, link }) => !sameDevice(ref, owner) && isUntouched(host, ref.netns, link));
    const waiting = bridges.filter(({ netns }) => netns !== end?.ref.netns);
    if (end === undefined || waiting.length === 0) continue;
    return [
      left(
        host,
        end,
        waiting.map((bridge) => moveOnto(end.ref, bridge)),
      ),
    ];
  }
  return [];
}

function isBridge(host: Host, { netns, device }: DeviceRef): boolean {
  return findLink(host, netns, device)?.detail.kind === 'bridge';
}

function left(host: Host, end: Endpoint, repairs: readonly Repair[]): Found {
  const near = peerOf(end.link) ?? end.ref;
  return {
    ...near,
    what: `${end.ref.device}, the other end of ${placeText(near)}, was left in ${end.ref.netns}`,
    why: 'A veth hands every packet to its other end: that end has to be in the namespace that is to answer',
    evidence: linkEvidence(host, end.ref),
    repairs,
  };
}

function peerOf({ detail }: Link): DeviceRef | undefined {
  return detail.kind === 'veth' && detail.peer.kind === 'found'
    ? { netns: detail.peer.netns, device: detail.peer.device }
    : undefined;
}

interface Start {
  readonly netns: NetnsName;
  readonly segment: readonly DeviceRef[];
  /** What the sender uses, and so is not left behind. */
  readonly isOwn: (ref: DeviceRef) => boolean;
  readonly family: Family;
  /** The address that is asked for, when nobody has it. */
  readonly wanted: NewAddress | undefined;
  /** The devices that own the next hop, though no wire leads to them: one in each namespace. */
  readonly owners: readonly DeviceRef[];
}

function startOf(context: FaultContext): Start | undefined {
  const crossing = crossingOf(context);
  if (crossing !== undefined) {
    if (crossing.wire !== undefined) return undefined;
    const owners = [...new Map(crossing.owners.map(({ ref }) => [ref.netns, ref])).values()];
    const isOwn = (ref: DeviceRef) => sameDevice(ref, crossing.from);
    const family = familyOf(crossing.nexthop);
    const wanted =
      owners.length > 0 ? undefined : { address: crossing.nexthop, prefixLength: lengthFacing(context.host, crossing) };
    return { netns: crossing.from.netns, segment: crossing.segment, isOwn, family, wanted, owners };
  }
  const unrouted = unroutedIn(context);
  if (unrouted === undefined || wayTo(context.host, unrouted.netns.name, unrouted.destination) !== undefined)
    return undefined;
  const { name } = unrouted.netns;
  const segment = allSegments(context.host, unrouted.netns);
  return {
    netns: name,
    segment,
    isOwn: (ref) => ref.netns === name,
    family: unrouted.family,
    wanted: undefined,
    owners: [],
  };
}

function allSegments(host: Host, netns: Netns): readonly DeviceRef[] {
  return linksOf(netns).flatMap(({ name }) => segmentOf(host, { netns: netns.name, device: name }));
}
