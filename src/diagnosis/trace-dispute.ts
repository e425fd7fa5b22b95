/**
 * Where the kernel's trace contradicts the model: the packet ended in another namespace than the walk says, on the other
 * leg, for a reason that cannot be the walk's, or by another rule.
 *
 * Most reasons contradict nothing, because they are said of many faults. Only those are weighed that name one machinery,
 * against ends which that machinery cannot have brought about. The trace decides nothing: the verdict is the wire's.
 *
 * @module
 */

import type { DropReason, Fate } from '../journey/fate.ts';
import { lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { KernelEvent, KernelTrace } from '../journey/kernel-trace.ts';
import { eventText } from './trace-evidence.ts';

/** What the reason rules out. */
const RULES_OUT: Readonly<Record<string, ReadonlySet<DropReason['kind']>>> = {
  NETFILTER_DROP: new Set([
    'no-route',
    'route-type',
    'rule-action',
    'not-forwarding',
    'rp-filter',
    'no-socket',
    'echo-ignored',
  ]),
  IP_RPFILTER: new Set(['filtered', 'no-route', 'not-forwarding', 'no-socket', 'echo-ignored']),
  NO_SOCKET: new Set(['filtered', 'not-forwarding', 'rp-filter']),
};

/** The walk ends at the sender of a frame, which may get lost further on. */
const ENDS_ELSEWHERE: ReadonlySet<DropReason['kind']> = new Set([
  'neighbor-unanswered',
  'mac-unowned',
  'frame-blocked',
  'mtu-exceeded',
  'tunnel-unmatched',
]);

/** In words, one for each thing in dispute; empty where they agree, or where the model names no end. */
export function traceDisputes(trip: RoundTrip, trace: KernelTrace | undefined): readonly string[] {
  const { fate, leg } = lastJourney(trip);
  if (trace === undefined || fate.kind !== 'dropped') return [];
  const ends = trace.events.filter(({ kind }) => kind === 'dropped' || kind === 'rule-took');
  const disputed = ends.filter((event) => contradicts(event, fate, leg));
  return [
    ...new Set(
      disputed.map(
        (event) =>
          `Model and kernel disagree: ${eventText(event)}, the model says ${fate.reason.kind} in ${fate.netns}`,
      ),
    ),
  ];
}

function contradicts(event: KernelEvent, fate: Extract<Fate, { kind: 'dropped' }>, leg: KernelEvent['leg']): boolean {
  const { reason } = fate;
  if (ENDS_ELSEWHERE.has(reason.kind) || isWithoutReason(event)) return false;
  if (event.netns !== fate.netns || event.leg !== leg) return true;
  if (event.kind === 'dropped') return RULES_OUT[event.reason ?? '']?.has(reason.kind) ?? false;
  if (event.kind !== 'rule-took') return false;
  if (reason.kind !== 'filtered') return RULES_OUT['NETFILTER_DROP']?.has(reason.kind) ?? false;
  const { family, table, chain, handle } = reason.rule;
  const isSameChain = event.family === family && event.table === table && event.chain === chain;
  // iptables knows no handles: where one is not known, the chain must do.
  return !isSameChain || (handle !== undefined && event.handle !== undefined && event.handle !== handle);
}

/** A packet that has been taken and done with may be freed without a reason, just like one that is refused. */
function isWithoutReason(event: KernelEvent): boolean {
  return event.kind === 'dropped' && (event.reason === undefined || event.reason === 'NOT_SPECIFIED');
}
