/**
 * A packet that was too long somewhere: where that really is, and what would let it pass.
 *
 * What a sender has learned of the path is only an echo of a narrow place further on, or out of date: without it the
 * packet goes there, and that place is the one to name.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import type { Edit } from '../../host/edit.ts';
import { findLink, type Host } from '../../host/host.ts';
import type { DeviceRef, NetnsName } from '../../host/link.ts';
import type { PathMtu } from '../../host/path-mtu.ts';
import type { DropReason } from '../../journey/fate.ts';
import { type Journey, lastJourney } from '../../journey/journey.ts';
import { packetFamily } from '../../journey/packet.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs } from './dropped.ts';

export type TooLongReason = Extract<DropReason, { kind: 'mtu-exceeded' }>;

/** Where a packet does not fit. */
export interface TooLong {
  readonly reason: TooLongReason;
  /** Who sent it. */
  readonly sender: NetnsName;
  /** What the sender had learned of the path; without it the packet dies where `reason` says, or no more. */
  readonly learned: PathMtu | undefined;
  /** The path is wide enough by now: only the sender does not know. */
  readonly isOutdated: boolean;
}

/** Room for one VLAN tag that a device grants beyond its MTU. */
const VLAN_TAG_BYTES = 4;
/** What Ethernet carries, and what every veth starts with. */
const ETHERNET_MTU = 1500;

/** The narrow place, when the journey to explain ended at one. */
export function tooLongIn(context: FaultContext): TooLong | undefined {
  const reason = droppedAs(context, 'mtu-exceeded')?.reason;
  if (reason === undefined) return undefined;
  const sender = senderOf(context.journey) ?? reason.at.netns;
  const { by } = reason;
  if (by.kind !== 'sender' || by.limit.kind !== 'learned') {
    return { reason, sender, learned: undefined, isOutdated: false };
  }
  const { learned } = by.limit;
  const forgetful = applyEdit(context.host, { kind: 'path-mtu-flush', netns: sender, family: learned.family });
  const { leg, fate } = lastJourney(walkRoundTrip(forgetful, context.question));
  const isThere = leg === context.journey.leg && fate.kind === 'dropped' && fate.reason.kind === 'mtu-exceeded';
  return isThere && fate.reason.kind === 'mtu-exceeded'
    ? { reason: fate.reason, sender, learned, isOutdated: false }
    : { reason, sender, learned, isOutdated: true };
}

/** The namespace that sent the journey's packet. */
function senderOf({ steps }: Journey): NetnsName | undefined {
  return steps.find(({ stage }) => stage === 'send')?.netns;
}

/** What lets the packet pass there; empty where nothing that can be run does. */
export function wideningEdits(host: Host, { reason, sender, learned, isOutdated }: TooLong): readonly Edit[] {
  const { by, packet } = reason;
  const flush: Edit = { kind: 'path-mtu-flush', netns: sender, family: packetFamily(packet) };
  if (isOutdated) return [flush];
  const wide = limitEdits(host, reason);
  // What the sender has been told of a path it goes on believing for ten minutes, also when the path is wider.
  const isTold = learned !== undefined || (by.kind === 'router' && by.word?.fate.kind === 'delivered');
  return wide.length > 0 && isTold ? [...wide, flush] : wide;
}

function limitEdits(host: Host, { by, at, lengthBytes }: TooLongReason): readonly Edit[] {
  if (by.kind !== 'device' && by.limit.kind === 'route') {
    const { mtu: _, ...wide } = by.limit.route;
    return [{ kind: 'route-change', netns: at.netns, from: by.limit.route, to: wide }];
  }
  return [at, ...farEnd(host, at)].flatMap((ref) => {
    const link = findLink(host, ref.netns, ref.device);
    const grantedBytes = ref === at ? 0 : VLAN_TAG_BYTES;
    if (link === undefined || link.mtu + grantedBytes >= lengthBytes) return [];
    return [{ kind: 'link-mtu' as const, ...ref, mtu: Math.max(lengthBytes, ETHERNET_MTU) }];
  });
}

/** The other end of the wire, which has to take what this end sends. */
function farEnd(host: Host, at: DeviceRef): readonly DeviceRef[] {
  const detail = findLink(host, at.netns, at.device)?.detail;
  if (detail?.kind !== 'veth' || detail.peer.kind !== 'found') return [];
  const { netns, device } = detail.peer;
  return [{ netns, device }];
}
