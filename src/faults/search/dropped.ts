/**
 * How the journey to explain ended, narrowed to one kind of drop.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import { findNetns, type Netns } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import type { Route } from '../../host/route.ts';
import type { DropReason } from '../../journey/fate.ts';
import type { Step } from '../../journey/step.ts';
import { type Address, type Family, familyOf } from '../../net/address.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import type { FaultContext } from '../rule.ts';

/** A drop of this kind, with the namespace in which it happened. */
export interface Dropped<Kind extends DropReason['kind']> {
  readonly netns: Netns;
  readonly device: DeviceRef | undefined;
  readonly reason: ReasonOf<Kind>;
}

type ReasonOf<Kind extends DropReason['kind']> = Narrowed<DropReason, Kind>;

/** Like `Extract`, also where one member has several kinds. */
type Narrowed<Each extends DropReason, Kind> = Each extends DropReason
  ? [Extract<Each['kind'], Kind>] extends [never]
    ? never
    : Each
  : never;

/** The drop, when the journey ended in one of these kinds. */
export function droppedAs<Kind extends DropReason['kind']>(
  { host, journey: { fate } }: FaultContext,
  ...kinds: readonly Kind[]
): Dropped<Kind> | undefined {
  if (fate.kind !== 'dropped') return undefined;
  const { reason } = fate;
  if (!isOf(reason, kinds)) return undefined;
  const netns = findNetns(host, fate.netns);
  const device = fate.device === undefined ? undefined : { netns: fate.netns, device: fate.device };
  return netns && { netns, device, reason };
}

function isOf<Kind extends DropReason['kind']>(reason: DropReason, kinds: readonly Kind[]): reason is ReasonOf<Kind> {
  return kinds.some((kind) => kind === reason.kind);
}

export type RouteStep = Extract<Step, { stage: 'route' }>;

/** The routing decisions on the way, those that deliver locally left out. */
export function routeSteps(steps: readonly Step[]): readonly RouteStep[] {
  return steps.filter((step): step is RouteStep => step.stage === 'route' && step.route.type !== 'local');
}

/** Where no route led on: the namespace, and what was looked for. */
export interface Unrouted {
  readonly netns: Netns;
  readonly destination: Address;
  readonly family: Family;
  /** The default route that says no, where there is one. */
  readonly refusing: Route | undefined;
}

/**
 * The namespace that had no route, when the journey ended so. A refusing default route is no route either, where it is
 * there to say no to whatever no other route leads to.
 */
export function unroutedIn(context: FaultContext): Unrouted | undefined {
  const dropped = droppedAs(context, 'no-route', 'route-type');
  if (dropped === undefined) return undefined;
  const { netns, reason } = dropped;
  if (reason.kind === 'route-type' && !isLastResort(context, netns, reason)) return undefined;
  const { destination } = reason.lookup;
  const refusing = reason.kind === 'route-type' ? reason.route : undefined;
  return { netns, destination, family: familyOf(destination), refusing };
}

/** Not so a refusal that stands before a route that leads on, such as that of a VPN's own table. */
function isLastResort(
  { host, question, journey: { leg } }: FaultContext,
  { name }: Netns,
  { type, route, lookup }: ReasonOf<'route-type'>,
): boolean {
  if (type === 'throw' || route.destination.length > 0) return false;
  const trip = walkRoundTrip(applyEdit(host, { kind: 'route-delete', netns: name, route }), question);
  const walked = leg === 'reply' ? trip.reply : trip.request;
  return !walked?.steps.some(
    (step) => step.stage === 'route' && step.netns === name && step.lookup.destination === lookup.destination,
  );
}
