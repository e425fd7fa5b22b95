/**
 * The far end of a veth sits where nobody uses it: left behind in the namespace it was made in, or where nsdiag cannot
 * look.
 *
 * @module
 */

import { findLink, type Host, linksOf, type Netns, sameDevice } from '../../host/host.ts';
import type { DeviceRef, Link, NetnsName } from '../../host/link.ts';
import { type Family, familyOf } from '../../net/address.ts';
import { defineRule, type Found } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf, lengthFacing } from '../search/crossing.ts';
import { unroutedIn } from '../search/dropped.ts';
import type { NewAddress } from '../search/free-address.ts';
import { moveIn } from '../search/move-in.ts';
import { bareNamespaces, isUntouched } from '../search/stray.ts';
import { placeText } from '../search/text.ts';
import { wayTo } from '../search/way.ts';
import { endpointsOf, segmentOf } from '../search/wiring.ts';

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
    return strays(context);
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

function strays(context: FaultContext): readonly Found[] {
  const { host } = context;
  const start = startOf(context);
  if (start === undefined) return [];
  const end = endpointsOf(host, start.segment).find(({ ref, link }) => !start.isOwn(ref) && isUntouched(link));
  if (end === undefined) return [];
  const targets = start.owners.length > 0 ? start.owners : bareNamespaces(host).map(({ name }) => name);
  const wanted = targets.filter((name) => name !== end.ref.netns && name !== start.netns);
  if (wanted.length === 0) return [];
  const near = peerOf(end.link) ?? end.ref;
  return [
    {
      ...near,
      what: `${end.ref.device}, the other end of ${placeText(near)}, was left in ${end.ref.netns}`,
      why: 'A veth hands every packet to its other end: that end has to be in the namespace that is to answer',
      evidence: linkEvidence(host, end.ref),
      repairs: wanted.map((target) => moveIn(host, end.ref, target, start.family, start.wanted)),
    },
  ];
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
  /** Namespaces that own the next hop, though no wire leads to them. */
  readonly owners: readonly NetnsName[];
}

function startOf(context: FaultContext): Start | undefined {
  const crossing = crossingOf(context);
  if (crossing !== undefined) {
    if (crossing.wire !== undefined) return undefined;
    const owners = [...new Set(crossing.owners.map(({ ref }) => ref.netns))];
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
