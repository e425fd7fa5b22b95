/**
 * The prediction held against the other two witnesses: what the wire showed, and what `ip route get` said.
 *
 * @module
 */

import type { DeviceRef } from '../host/link.ts';
import { isRoundTripDelivered, type Journey, type Leg, lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { LastSeen, Observation, RouteWitness, Sighting } from '../journey/observation.ts';
import type { Step } from '../journey/step.ts';
import { directionOf, isPacket, sightingOf } from './hops.ts';

/** How the wire relates to the prediction. */
export type Agreement =
  | { readonly kind: 'agrees' }
  /** Answered, although the model says that it dies or does not know. */
  | { readonly kind: 'answered-anyway' }
  /** Not answered, and the model knows of no reason. */
  | { readonly kind: 'lost-anyway' }
  /** Lost before the place that the model names: not seen where it should have passed. */
  | { readonly kind: 'lost-earlier'; readonly missing: DeviceRef; readonly leg: Leg }
  /** Seen beyond the place where the model lets it die. */
  | { readonly kind: 'went-further'; readonly at: DeviceRef; readonly leg: Leg };

/** Compare the walk with a probe that was sent. */
export function compareWire(trip: RoundTrip, observation: Observation): Agreement {
  const delivered = isRoundTripDelivered(trip);
  if (observation.received > 0) return delivered ? { kind: 'agrees' } : { kind: 'answered-anyway' };
  const beyond = seenBeyond(trip, observation);
  if (beyond !== undefined) return { kind: 'went-further', at: beyond, leg: beyond.leg };
  const missing = firstMissing(trip, observation);
  if (missing !== undefined) return { kind: 'lost-earlier', ...missing };
  const { kind } = lastJourney(trip).fate;
  return delivered || kind === 'undecided' ? { kind: 'lost-anyway' } : { kind: 'agrees' };
}

/** The last place at which the probe (not an error about it) was seen: the later leg, then the later time. */
export function lastSeenOf(observation: Observation): LastSeen | undefined {
  const packets = observation.sightings.filter(isPacket);
  const replies = packets.filter(({ leg }) => leg === 'reply');
  const last = (replies.length > 0 ? replies : packets).reduce<Sighting | undefined>(
    (best, seen) => (best === undefined || isLater(seen, best) ? seen : best),
    undefined,
  );
  return last && { netns: last.netns, device: last.device, leg: last.leg };
}

/**
 * On a tie the later one in capture order, which is path order on one device pair; but a macvlan and the device it stands
 * on show one frame with one stamp, and the former takes it.
 */
function isLater(seen: Sighting, best: Sighting): boolean {
  if (seen.timestampNs !== best.timestampNs) return seen.timestampNs > best.timestampNs;
  return best.isForOtherHost || !seen.isForOtherHost;
}

/** What the wire says, in a few words: `0 of 2 answered; last seen: the request at ns2 veth1`. */
export function heardText(observation: Observation): string {
  const answered = `${observation.received} of ${observation.sent} answered`;
  const last = lastSeenOf(observation);
  if (last !== undefined) return `${answered}; last seen: the ${last.leg} at ${last.netns} ${last.device}`;
  return observation.watched.length === 0
    ? `${answered}; no tcpdump listened`
    : `${answered}; never seen on any device`;
}

/** A refusal is an answer of its own: its packets on the way back contradict nothing. */
function seenBeyond(trip: RoundTrip, observation: Observation): (DeviceRef & { readonly leg: Leg }) | undefined {
  if (observation.refused || isRoundTripDelivered(trip)) return undefined;
  const { leg, fate } = lastJourney(trip);
  if (fate.kind !== 'dropped') return undefined;
  // Where nobody listens, the kernel itself answers with a refusal, which may be lost as any answer.
  if (fate.reason.kind === 'no-socket') return undefined;
  const reply =
    leg === 'request' ? observation.sightings.find((seen) => isPacket(seen) && seen.leg === 'reply') : undefined;
  if (reply !== undefined) return reply;
  const predicted = new Set(journeys(trip).flatMap(({ steps }) => steps.map(({ netns }) => netns)));
  return observation.sightings.find(
    (seen) => isPacket(seen) && !seen.isForOtherHost && seen.leg === leg && !predicted.has(seen.netns),
  );
}

/** The first place that tcpdump watched, the model passes, and the wire did not show. */
function firstMissing(
  trip: RoundTrip,
  observation: Observation,
): { readonly missing: DeviceRef; readonly leg: Leg } | undefined {
  if (observation.captureDrops > 0) return undefined;
  for (const { leg, steps } of journeys(trip)) {
    for (const step of steps) {
      if (step.device === undefined || directionOf(step) === undefined || !observation.watched.includes(step.netns))
        continue;
      if (sightingOf(step, leg, observation) === undefined)
        return { missing: { netns: step.netns, device: step.device }, leg };
    }
  }
  return undefined;
}

function journeys({ request, reply }: RoundTrip): readonly Journey[] {
  return reply === undefined ? [request] : [request, reply];
}

/** Where the kernel's own routing decision is not the predicted one, in words; empty when they agree. */
export function compareRoutes(trip: RoundTrip, witnesses: readonly RouteWitness[]): readonly string[] {
  return witnesses.flatMap((witness) => {
    const step = routeStepOf(trip, witness);
    const difference = step === undefined ? undefined : routeDifference(step, witness);
    return difference === undefined ? [] : [`${witness.command.join(' ')} says ${difference}`];
  });
}

type RouteStep = Extract<Step, { stage: 'route' }>;

function routeStepOf(trip: RoundTrip, witness: RouteWitness): RouteStep | undefined {
  const journey = journeys(trip).find(({ leg }) => leg === witness.leg);
  return journey?.steps.find(
    (step): step is RouteStep =>
      step.stage === 'route' && step.netns === witness.netns && step.lookup === witness.lookup,
  );
}

function routeDifference(step: RouteStep, { answer }: RouteWitness): string | undefined {
  if (answer.kind === 'error') return `"${answer.text}", the model found a route`;
  if (step.route.type === 'local' || answer.type === 'local') {
    return step.route.type === answer.type ? undefined : `${answer.type}, the model says ${step.route.type}`;
  }
  if (answer.device !== step.device)
    return `dev ${answer.device ?? '(none)'}, the model says dev ${step.device ?? '(none)'}`;
  const via = step.nexthop?.via;
  return answer.via === via ? undefined : `via ${answer.via ?? '(none)'}, the model says via ${via ?? '(none)'}`;
}
