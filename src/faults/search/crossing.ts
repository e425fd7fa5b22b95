/**
 * The segment that a packet had to cross and could not: from the device it left by to whoever owns the next hop.
 *
 * @module
 */

import { findLink, type Host } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import type { Route } from '../../host/route.ts';
import type { Step } from '../../journey/step.ts';
import { type Address, FAMILY_BITS, familyOf } from '../../net/address.ts';
import { segmentOf, wireBetween } from '../../topology/wiring.ts';
import type { FaultContext } from '../rule.ts';
import { addressFacing, type Owner, ownersOf } from './owner.ts';

export interface Crossing {
  readonly from: DeviceRef;
  readonly nexthop: Address;
  /** Whether the next hop is a gateway, and not the destination itself. */
  readonly isGateway: boolean;
  readonly route: Route;
  /** All that is wired to `from`, itself first. */
  readonly segment: readonly DeviceRef[];
  /** Who has the next hop's address, in other namespaces. */
  readonly owners: readonly Owner[];
  /** From `from` to the nearest owner that a wire leads to; `undefined` when none does. */
  readonly wire: readonly DeviceRef[] | undefined;
}

/** @returns `undefined` when the journey did not end in crossing a segment. */
export function crossingOf({ host, journey }: FaultContext): Crossing | undefined {
  const { fate } = journey;
  if (fate.kind !== 'dropped' || !isSegmentDrop(fate.reason.kind)) return undefined;
  // By an entry that is still used a frame goes on, through tunnels too, and is missed where it began.
  const isOfSender = fate.reason.kind === 'neighbor-unanswered' || fate.reason.kind === 'mac-unowned';
  const step = journey.steps.findLast((each) => each.stage === 'route' && (!isOfSender || each.netns === fate.netns));
  if (step?.stage !== 'route') return undefined;
  const from = leavesBy(step);
  if (from === undefined || findLink(host, from.netns, from.device) === undefined) return undefined;
  const nexthop = step.nexthop?.via ?? step.lookup.destination;
  const owners = ownersOf(host, nexthop).filter(({ ref }) => ref.netns !== from.netns);
  return {
    from,
    nexthop,
    isGateway: step.nexthop?.via !== undefined,
    route: step.route,
    segment: segmentOf(host, from),
    owners,
    wire: owners
      .map(({ ref }) => wireBetween(host, from, ref))
      .filter((wire) => wire !== undefined)
      .sort((a, b) => a.length - b.length)[0],
  };
}

function isSegmentDrop(kind: string): boolean {
  return ['neighbor-unanswered', 'no-carrier', 'frame-blocked', 'mac-unowned'].includes(kind);
}

function leavesBy(step: Extract<Step, { stage: 'route' }>): DeviceRef | undefined {
  const device = step.nexthop?.device ?? step.device;
  return device === undefined ? undefined : { netns: step.netns, device };
}

/** How long the prefix is that the sender sees the next hop in. */
export function lengthFacing(host: Host, { from, route, nexthop }: Crossing): number {
  const link = findLink(host, from.netns, from.device);
  const own = link && addressFacing(link, nexthop);
  if (own !== undefined) return own.prefixLength;
  return route.nexthops.some(({ via }) => via === nexthop) ? FAMILY_BITS[familyOf(nexthop)] : route.destination.length;
}
