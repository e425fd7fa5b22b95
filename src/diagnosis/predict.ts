/**
 * Repair by proof: walk, find the fault, apply its repair to the model, walk again, until the packet is delivered. What is
 * answered has been walked: `proof` is there exactly when the model delivers with all of it in.
 *
 * @module
 */

import type { FaultRule } from '../faults/rule.ts';
import type { Host } from '../host/host.ts';
import { isRoundTripDelivered, lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { Question } from '../walk/question.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';
import type { Choice } from './choice.ts';
import { absorbConsequences } from './consequences.ts';
import type { Cause, Prediction } from './diagnosis.ts';
import { fixOf } from './fix.ts';
import { oldFlows } from './old-flows.ts';
import { type Repaired, searchRepairs } from './repair-search.ts';

/** Find every fault between the question's namespace and its destination, in the order of the path. */
export function predict(host: Host, question: Question, rules?: readonly FaultRule[]): Prediction {
  const trip = walkRoundTrip(host, question);
  const end = searchRepairs(host, trip, question, rules);
  const choices = absorbConsequences(end.choices);
  const repaired = choices.flatMap(({ repair }) => (repair === undefined ? [] : [repair]));
  const delivered = isRoundTripDelivered(end.trip);
  return {
    question,
    trip,
    causes: choices.map(causeOf),
    walked: repaired,
    proof: delivered && choices.length > 0 ? { deliveredAfter: choices.length } : undefined,
    oldFlows: oldFlows(end.host, question, end.trip),
    notes: [...unsureOf(end.trip), ...(delivered ? [] : stoppedShort(end, repaired.length))],
  };
}

function causeOf(choice: Choice): Cause {
  return {
    finding: choice.finding,
    fix: choice.repair === undefined ? [] : fixOf(choice.host, choice.repair),
    alternatives: choice.others.map((repair) => ({ intent: repair.intent, fix: fixOf(choice.host, repair) })),
  };
}

function stoppedShort(end: Repaired, repairs: number): readonly string[] {
  const { fate } = lastJourney(end.trip);
  if (fate.kind === 'undecided') {
    return [`The model stops in ${fate.netns}: ${fate.because.join('; ')}`];
  }
  if (fate.kind === 'dropped' && repairs > 0) {
    return [`With these fixes the packet still dies in ${fate.netns}; nsdiag knows no command for what is left`];
  }
  return [];
}

/** What the walk took for granted, or left to chance, where it made a difference. */
function unsureOf({ request, reply }: RoundTrip): readonly string[] {
  const steps = [...request.steps, ...(reply?.steps ?? [])];
  return [...new Set(steps.flatMap((step) => (step.stage === 'netfilter' ? (step.unsure ?? []) : [])))];
}
