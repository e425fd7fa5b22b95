/**
 * What was expected, held against a diagnosis.
 *
 * @module
 */

import { lastJourney } from '../journey/journey.ts';
import type { Step } from '../journey/step.ts';
import type { Diagnosis } from './diagnosis.ts';

/** What must hold. */
export interface Expected {
  readonly reaches: boolean;
  /** Namespaces, or devices as `NS:DEV`, that the request passes, in this order. */
  readonly via: readonly string[];
  readonly diesIn: string | undefined;
  readonly before: string | undefined;
  readonly code: string | undefined;
}

/** `undecided`: neither can be said. */
export type Held =
  | { readonly kind: 'holds' }
  | { readonly kind: 'fails'; readonly because: string }
  | { readonly kind: 'undecided'; readonly because: string };

/** Whether the answer is the one that was expected. */
export function holds(expected: Expected, diagnosis: Diagnosis): Held {
  const { verdict, summary } = diagnosis;
  if (verdict === 'undecided') return { kind: 'undecided', because: summary };
  if (expected.reaches !== (verdict === 'reachable')) return { kind: 'fails', because: summary };
  return expected.reaches ? passes(expected, diagnosis) : dies(expected, diagnosis);
}

function passes({ via }: Expected, { trip, summary }: Diagnosis): Held {
  if (via.length === 0) return { kind: 'holds' };
  if (trip.request.fate.kind !== 'delivered') {
    return { kind: 'undecided', because: `${summary}, but the model does not know by which way` };
  }
  const way = wayOf(trip.request.steps);
  let at = 0;
  for (const place of via) {
    const found = way.findIndex((each, index) => index >= at && (each === place || each.startsWith(`${place}:`)));
    if (found < 0)
      return { kind: 'fails', because: `it goes by ${way.join(', ')}: not by ${place}${at > 0 ? ' after that' : ''}` };
    at = found;
  }
  return { kind: 'holds' };
}

/** Where the packet itself is seen: `ns1:veth0`, each once in a row. */
function wayOf(steps: readonly Step[]): readonly string[] {
  const seen = steps.filter(({ stage, isInquiry }) => (stage === 'egress' || stage === 'ingress') && !isInquiry);
  const places = seen.map(({ netns, device }) => `${netns}:${device}`);
  return places.filter((place, index) => place !== places[index - 1]);
}

function dies({ diesIn, before, code }: Expected, diagnosis: Diagnosis): Held {
  const { causes, trip, wire, summary } = diagnosis;
  const cause = causes[0]?.finding;
  const { fate } = lastJourney(trip);
  if (code !== undefined && cause?.code !== code) {
    return { kind: 'fails', because: `it is lost, but not of ${code}: ${summary}` };
  }
  if (diesIn !== undefined && fate.netns !== diesIn && cause?.netns !== diesIn) {
    return { kind: 'fails', because: `it is lost in ${fate.netns}, not in ${diesIn}: ${summary}` };
  }
  const seen = wire?.observation.sightings.some(
    ({ netns, leg, what }) => netns === before && leg === 'request' && what === 'packet',
  );
  const walked = trip.request.steps.some(({ netns }) => netns === before);
  if (before !== undefined && (walked || seen === true)) {
    return { kind: 'fails', because: `it is lost, but gets to ${before} before: ${summary}` };
  }
  return { kind: 'holds' };
}
