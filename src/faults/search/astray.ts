/**
 * A routing decision that leads away: from where it sends the packet, no wire leads on to the destination. And what the
 * decision would be after an edit, walked and not guessed.
 *
 * A decision that leads to the destination by whatever way is never astray, also where something dies further on; nor is
 * one for a gateway that nobody has (`gateway-unreachable`), nor any decision about an address that is not ours.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import type { Edit } from '../../host/edit.ts';
import { findNetns, type Host, type Netns, sameDevice } from '../../host/host.ts';
import type { DeviceRef, NetnsName } from '../../host/link.ts';
import type { Fate } from '../../journey/fate.ts';
import type { Journey } from '../../journey/journey.ts';
import type { Step } from '../../journey/step.ts';
import { segmentOf } from '../../topology/wiring.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import type { FaultContext } from '../rule.ts';
import type { RouteStep } from './dropped.ts';
import { ownersOf } from './owner.ts';
import { owns, wayTo } from './way.ts';

/** The codes of what becomes of a packet that has been led away. */
export const ECHOES_OF_STRAYING: readonly string[] = [
  'gateway-unreachable',
  'wrong-gateway',
  'neighbor-unresolved',
  'routing-loop',
  'no-route',
  'outside-view',
  'nat-missing',
  'nat-wrong',
  'forwarding-off',
  'rp-filter',
];

export interface Astray {
  readonly netns: Netns;
  readonly step: RouteStep;
}

/** The first decision of the journey that leads away; `undefined` when none does, or when the packet died before. */
export function astrayIn({ host, journey }: FaultContext): Astray | undefined {
  const { fate } = journey;
  for (const [index, step] of journey.steps.entries()) {
    if (step.stage !== 'route' || !isLostBehind(fate, step) || !leadsAway(host, journey, index)) continue;
    const netns = findNetns(host, step.netns);
    if (netns !== undefined) return { netns, step };
  }
  return undefined;
}

/** The same decision after the edits, when it then leads to the destination; `undefined` when it does not. */
export function decisionAfter(
  { host, question, journey }: FaultContext,
  { step }: Astray,
  ...edits: readonly Edit[]
): RouteStep | undefined {
  const repaired = edits.reduce(applyEdit, host);
  const trip = walkRoundTrip(repaired, question);
  const walked = journey.leg === 'reply' ? trip.reply : trip.request;
  for (const [index, each] of walked?.steps.entries() ?? []) {
    if (each.stage !== 'route' || each.netns !== step.netns) continue;
    if (each.lookup.destination !== step.lookup.destination) continue;
    return walked === undefined || leadsAway(repaired, walked, index) ? undefined : each;
  }
  return undefined;
}

/** Whether the end of the journey can be laid to where the decision led: the packet left, and was lost out there. */
function isLostBehind(fate: Fate, step: RouteStep): boolean {
  if (step.route.type !== 'unicast') return false;
  if (fate.kind === 'left-host') return true;
  if (fate.kind !== 'dropped') return false;
  if (fate.netns !== step.netns) return true;
  return ['neighbor-unanswered', 'mac-unowned', 'ttl-exceeded'].includes(fate.reason.kind);
}

/** Whether the decision at this step of the journey sends the packet to where nothing leads on. */
function leadsAway(host: Host, journey: Journey, index: number): boolean {
  const step = journey.steps[index];
  if (step?.stage !== 'route' || step.route.type !== 'unicast' || step.nexthop?.device === undefined) return false;
  const { destination } = step.lookup;
  if (ownersOf(host, destination).length === 0) return false;
  const segment = segmentOf(host, { netns: step.netns, device: step.nexthop.device });
  const via = step.nexthop.via;
  const target = cameTo(journey, index) ?? holderOn(host, segment, step, via ?? destination);
  if (target === undefined) return via === undefined || ownersOf(host, via).length > 0;
  const next = findNetns(host, target);
  return next === undefined || !(owns(next, destination) || leadsOn(host, next, segment, step));
}

/** Where the packet came in next; whoever answers for the next hop, a proxy as well. */
function cameTo({ steps }: Journey, index: number): NetnsName | undefined {
  const from = steps[index]?.netns;
  const rest = outsideTunnels(steps.slice(index + 1));
  const next = rest.findIndex((each) => each.stage === 'route');
  // Without another decision nobody took it in: the last device that showed it may be a port that it only passed.
  const arrival = next === -1 ? undefined : rest.slice(0, next).findLast((each) => each.stage === 'ingress');
  return arrival === undefined || arrival.netns === from ? undefined : arrival.netns;
}

/** What happens to the packet itself, and not to the wrapping that carries it; none of it where the wrapping was lost. */
function outsideTunnels(steps: readonly Step[]): readonly Step[] {
  const begin = steps.findIndex(({ stage }) => stage === 'encapsulate');
  if (begin === -1) return steps;
  const end = steps.findIndex(({ stage }, at) => at > begin && stage === 'decapsulate');
  return end === -1 ? [] : [...steps.slice(0, begin), ...outsideTunnels(steps.slice(end + 1))];
}

/** The namespace on the segment that has the address, on whichever of its devices. */
function holderOn(
  host: Host,
  segment: readonly DeviceRef[],
  { netns }: RouteStep,
  address: RouteStep['lookup']['destination'],
): NetnsName | undefined {
  const others = ownersOf(host, address).filter(({ ref }) => ref.netns !== netns);
  return others.find(({ ref }) => segment.some((each) => each.netns === ref.netns))?.ref.netns;
}

/** Whether the best way from there leaves by another wire than the one that the packet comes by. */
function leadsOn(host: Host, next: Netns, segment: readonly DeviceRef[], { lookup }: RouteStep): boolean {
  const way = wayTo(host, next.name, lookup.destination);
  return way !== undefined && !segment.some((ref) => sameDevice(ref, way.hops[0].out));
}
