/**
 * Which of several next hops the kernel chose, where they lead to different ends: the wire shows it. The model does not
 * know the hash, and walks them all.
 *
 * @module
 */

import { isRoundTripDelivered, type RoundTrip } from '../journey/journey.ts';
import type { Observation } from '../journey/observation.ts';
import type { Prediction } from './diagnosis.ts';
import { directionOf, sightingOf } from './hops.ts';

/** The prediction for the way that the probe took; the same one where there was no choice, or nobody looked. */
export function forWayTaken(prediction: Prediction, observation: Observation | undefined): Prediction {
  const { ways } = prediction.trip;
  if (observation === undefined || ways === undefined) return prediction;
  const possible = observation.received > 0 ? ways.filter(isRoundTripDelivered) : ways;
  const [best] = possible.toSorted((a, b) => likeness(b, observation) - likeness(a, observation));
  return best === undefined ? prediction : { ...prediction, trip: { ...best, ways } };
}

/** How much of the way was seen, less what was looked at and not seen. */
function likeness({ request, reply }: RoundTrip, observation: Observation): number {
  let sum = 0;
  for (const { leg, steps } of reply === undefined ? [request] : [request, reply]) {
    for (const step of steps) {
      if (directionOf(step) === undefined) continue;
      if (sightingOf(step, leg, observation) !== undefined) sum += 1;
      else if (observation.watched.includes(step.netns)) sum -= 1;
    }
  }
  return sum;
}

/** That other packets of the same question die, although this one passed. */
export function otherWayNotes({ trip, causes }: Prediction): readonly string[] {
  const [cause] = causes;
  if (trip.ways === undefined || cause === undefined) return [];
  const { code, netns, what } = cause.finding;
  const fix = cause.fix.map(({ argv }) => argv.join(' ')).join('; ');
  return [
    `Routing chooses among ${trip.ways.length} next hops by a hash of the packet, and by another one it would be lost: ${code} in ${netns}: ${what}${fix === '' ? '' : `; repaired by ${fix}`}`,
  ];
}
