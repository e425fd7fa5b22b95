/**
 * The search for the cheapest list of repairs with which a packet is delivered (uniform cost): a command costs 1, and so
 * does every step away from the first choice of the rules, so that a second choice wins only where it saves commands.
 *
 * Limit: a search that grows beyond `MAX_STATES` hosts stops, and answers the furthest way it found.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import type { FaultRule } from '../faults/rule.ts';
import { applyEdit } from '../host/apply.ts';
import type { Host } from '../host/host.ts';
import { isRoundTripDelivered, lastJourney, type RoundTrip, worstWay } from '../journey/journey.ts';
import type { Question } from '../walk/question.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';
import type { Choice } from './choice.ts';
import { findFaults } from './find.ts';
import { replay, sameFault, withoutRepeated } from './repeated.ts';

/** Three faults with four choices each are 64 orders; twice that leaves room, and is still about 10 ms. */
const MAX_STATES = 128;

/** A model with these repairs in, and what becomes of the packet there. */
export interface Repaired {
  readonly host: Host;
  readonly trip: RoundTrip;
  readonly choices: readonly Choice[];
  readonly cost: number;
}

/** The repairs from there on; the last one is none where nothing that is known gets the packet further. */
export function searchRepairs(
  host: Host,
  trip: RoundTrip,
  question: Question,
  rules: readonly FaultRule[] | undefined,
): Repaired {
  return withoutNeedless(host, search({ host, trip, choices: [], cost: 0 }, question, rules), question, rules);
}

function search(start: Repaired, question: Question, rules: readonly FaultRule[] | undefined): Repaired {
  const open: Repaired[] = [start];
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
function withoutNeedless(
  start: Host,
  end: Repaired,
  question: Question,
  rules: readonly FaultRule[] | undefined,
): Repaired {
  const fewer = isRoundTripDelivered(end.trip) ? withoutRepeated(end.choices) : undefined;
  if (fewer === undefined) return end;
  const { host, choices, commands } = replay(start, fewer);
  const other = search({ host, choices, cost: commands, trip: walkRoundTrip(host, question) }, question, rules);
  return isRoundTripDelivered(other.trip) && other.choices.length < end.choices.length ? other : end;
}

/** Of two ways that end without delivery, the one that explains more; the cheaper one on a tie. */
function further(a: Repaired, b: Repaired): Repaired {
  if (b.choices.length !== a.choices.length) return b.choices.length > a.choices.length ? b : a;
  return b.cost < a.cost ? b : a;
}

function takeCheapest(open: Repaired[]): Repaired | undefined {
  let best = 0;
  for (const [index, state] of open.entries())
    if (state.cost < (open[best]?.cost ?? Number.POSITIVE_INFINITY)) best = index;
  return open.splice(best, 1)[0];
}

/** Every way on from here: each repair of each finding, applied and walked. */
function expand(state: Repaired, question: Question, rules: readonly FaultRule[] | undefined): readonly Repaired[] {
  const trip = worstWay(state.trip);
  const findings = findFaults({ host: state.host, question, trip, journey: lastJourney(trip) }, rules).filter(
    (finding) => !state.choices.some((choice) => sameFault(choice.finding, finding)),
  );
  const offers = findings.flatMap((finding) => finding.repairs.map((repair) => ({ finding, repair })));
  const successors: Repaired[] = [];
  for (const [rank, { finding, repair }] of offers.entries()) {
    const host = repair.edits.reduce(applyEdit, state.host);
    const trip = walkRoundTrip(host, question);
    if (endsAlike(worstWay(trip), worstWay(state.trip)) && !isNews(host, question, worstWay(trip), findings, rules))
      continue;
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
