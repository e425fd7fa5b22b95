/**
 * Repair by proof: walk, find the fault, apply its repair to the model, walk again, until the packet is delivered.
 *
 * The search is for the cheapest list of repairs (uniform cost): a command costs 1, and so does every step away from the
 * first choice of the rules, so that a second choice wins only where it saves commands. What is answered has been walked:
 * `proof` is there exactly when the model delivers with all of it in.
 *
 * Limit: a search that grows beyond `MAX_STATES` hosts stops, and answers the furthest way it found, without a proof.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import type { FaultRule } from '../faults/rule.ts';
import { applyEdit } from '../host/apply.ts';
import type { Host } from '../host/host.ts';
import { isRoundTripDelivered, lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { Question } from '../walk/question.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';
import type { Choice } from './choice.ts';
import { absorbConsequences } from './consequences.ts';
import type { Cause, Prediction } from './diagnosis.ts';
import { findFaults } from './find.ts';
import { fixOf } from './fix.ts';
import { oldFlows } from './old-flows.ts';
import { replay, sameFault, withoutRepeated } from './repeated.ts';

/** Three faults with four choices each are 64 orders; twice that leaves room, and is still about 10 ms. */
const MAX_STATES = 128;

interface State {
  readonly host: Host;
  readonly trip: RoundTrip;
  readonly choices: readonly Choice[];
  readonly cost: number;
}

/** Find every fault between the question's namespace and its destination, in the order of the path. */
export function predict(host: Host, question: Question, rules?: readonly FaultRule[]): Prediction {
  const trip = walkRoundTrip(host, question);
  const end = withoutNeedless(host, search({ host, trip, choices: [], cost: 0 }, question, rules), question, rules);
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

function search(start: State, question: Question, rules: readonly FaultRule[] | undefined): State {
  const open: State[] = [start];
  let furthest = start;
  for (let looked = 0; looked < MAX_STATES; looked++) {
    const state = takeCheapest(open);
    if (state === undefined) break;
    if (isRoundTripDelivered(state.trip)) return state;
    const next = expand(state, question, rules);
    if (next.length === 0 && state.choices.length > furthest.choices.length) furthest = state;
    for (const successor of next) {
      if (successor.choices.at(-1)?.repair === undefined) furthest = further(furthest, successor);
      else open.push(successor);
    }
  }
  return furthest;
}

/** A cheaper way to the same end, where one rule was answered twice. */
function withoutNeedless(start: Host, end: State, question: Question, rules: readonly FaultRule[] | undefined): State {
  const fewer = isRoundTripDelivered(end.trip) ? withoutRepeated(end.choices) : undefined;
  if (fewer === undefined) return end;
  const { host, choices, commands } = replay(start, fewer);
  const other = search({ host, choices, cost: commands, trip: walkRoundTrip(host, question) }, question, rules);
  return isRoundTripDelivered(other.trip) && other.choices.length < end.choices.length ? other : end;
}

/** Of two ways that end without delivery, the one that explains more; the cheaper one on a tie. */
function further(a: State, b: State): State {
  if (b.choices.length !== a.choices.length) return b.choices.length > a.choices.length ? b : a;
  return b.cost < a.cost ? b : a;
}

function takeCheapest(open: State[]): State | undefined {
  let best = 0;
  for (const [index, state] of open.entries())
    if (state.cost < (open[best]?.cost ?? Number.POSITIVE_INFINITY)) best = index;
  return open.splice(best, 1)[0];
}

/** Every way on from here: each repair of each finding, applied and walked. */
function expand(state: State, question: Question, rules: readonly FaultRule[] | undefined): readonly State[] {
  const journey = lastJourney(state.trip);
  const findings = findFaults({ host: state.host, question, trip: state.trip, journey }, rules).filter(
    (finding) => !state.choices.some((choice) => sameFault(choice.finding, finding)),
  );
  const offers = findings.flatMap((finding) => finding.repairs.map((repair) => ({ finding, repair })));
  const successors: State[] = [];
  for (const [rank, { finding, repair }] of offers.entries()) {
    const host = repair.edits.reduce(applyEdit, state.host);
    const trip = walkRoundTrip(host, question);
    if (endsAlike(trip, state.trip) && !isNews(host, question, trip, findings, rules)) continue;
    const others = offers.filter((offer) => offer.repair !== repair).map((offer) => offer.repair);
    const choice: Choice = { finding, repair, host: state.host, others };
    successors.push({ host, trip, choices: [...state.choices, choice], cost: state.cost + repair.edits.length + rank });
  }
  if (successors.length > 0) return successors;
  const first = findings[0];
  if (first === undefined) return [];
  const choice: Choice = { finding: first, repair: undefined, host: state.host, others: first.repairs };
  return [{ ...state, choices: [...state.choices, choice] }];
}

/**
 * Whether the rules speak otherwise of an end that looks the same: an interface came up, and the route through it is
 * still missing; one of two faults is gone, and the other one ends the journey as before.
 */
function isNews(
  host: Host,
  question: Question,
  trip: RoundTrip,
  before: readonly Finding[],
  rules: readonly FaultRule[] | undefined,
): boolean {
  const now = findFaults({ host, question, trip, journey: lastJourney(trip) }, rules);
  return now.length !== before.length || now.some((finding) => !before.some((old) => sameFault(old, finding)));
}

/** Whether nothing was gained: the packet dies of the same at the same step. */
function endsAlike(a: RoundTrip, b: RoundTrip): boolean {
  const [one, other] = [lastJourney(a), lastJourney(b)];
  return (
    one.leg === other.leg &&
    one.steps.length === other.steps.length &&
    JSON.stringify(one.fate, bigintAsText) === JSON.stringify(other.fate, bigintAsText)
  );
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function causeOf(choice: Choice): Cause {
  return {
    finding: choice.finding,
    fix: choice.repair === undefined ? [] : fixOf(choice.host, choice.repair),
    alternatives: choice.others.map((repair) => ({ intent: repair.intent, fix: fixOf(choice.host, repair) })),
  };
}

function stoppedShort(end: State, repairs: number): readonly string[] {
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
