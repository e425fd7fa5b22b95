/**
 * The predicted path beside what the wire showed of it.
 *
 * @module
 */

import type { Journey, Leg } from '../journey/journey.ts';
import type { Observation, Sighting } from '../journey/observation.ts';
import type { Step } from '../journey/step.ts';
import type { Hop } from './diagnosis.ts';
import { stepText } from './step-text.ts';

/** The steps of one leg that tell something, each with whether (and when) a tcpdump there saw the packet. */
export function hopsOf(journey: Journey | undefined, observation: Observation | undefined): readonly Hop[] {
  if (journey === undefined) return [];
  const start = observation?.sightings.find(isPacket)?.timestampNs;
  return journey.steps.filter(tellsSomething).map((step) => {
    const sighting = observation && sightingOf(step, journey.leg, observation);
    return {
      netns: step.netns,
      device: step.device,
      stage: step.stage,
      text: stepText(step),
      seen: seenAt(step, sighting, observation),
      afterNs: sighting === undefined || start === undefined ? undefined : sighting.timestampNs - start,
    };
  });
}

/** A hook without a chain, and a filter that is off, are no news. */
function tellsSomething(step: Step): boolean {
  if (step.stage === 'netfilter') return step.chains > 0;
  if (step.stage === 'rp-filter') return step.mode !== 0;
  return true;
}

/** What tcpdump on the step's device would have shown; `undefined` for a step that it does not show. */
export function directionOf(step: Step): 'in' | 'out' | undefined {
  // The probe is looked for, and a request wrapped into a tunnel is none.
  if (step.isInquiry) return undefined;
  if (step.stage === 'egress') return 'out';
  return step.stage === 'ingress' ? 'in' : undefined;
}

/** The first time that the probe was seen where the step puts it. */
export function sightingOf(step: Step, leg: Leg, observation: Observation): Sighting | undefined {
  const direction = directionOf(step);
  if (direction === undefined) return undefined;
  return observation.sightings.find(
    (seen) =>
      isPacket(seen) &&
      seen.netns === step.netns &&
      seen.device === step.device &&
      seen.direction === direction &&
      seen.leg === leg,
  );
}

function seenAt(step: Step, sighting: Sighting | undefined, observation: Observation | undefined): boolean | undefined {
  if (observation === undefined || observation.sent === 0 || directionOf(step) === undefined) return undefined;
  if (sighting !== undefined) return true;
  // What tcpdump itself lost may well have passed.
  return observation.watched.includes(step.netns) && observation.captureDrops === 0 ? false : undefined;
}

/** Whether it is the probe itself, not an ARP request for its sake nor an error about it. */
export function isPacket(seen: Sighting): boolean {
  return seen.what === 'packet';
}
