/**
 * The verdict: the prediction with the wire and the kernel set beside it.
 *
 * @module
 */

import type { Evidence, Finding } from '../faults/finding.ts';
import type { Host } from '../host/host.ts';
import { isRoundTripDelivered, lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { Observation, RouteWitness } from '../journey/observation.ts';
import { ambiguityNotes, standInOf } from './ambiguity.ts';
import { badOffload } from './bad-offload.ts';
import { type Agreement, compareRoutes, compareWire, heardText, lastSeenOf } from './compare.ts';
import type { Cause, Diagnosis, Prediction, Verdict } from './diagnosis.ts';
import { directionOf, hopsOf, sightingOf } from './hops.ts';
import { largePacketNotes } from './large-packets.ts';
import { lookedAt } from './looked.ts';
import { redirectNotes } from './redirect-notes.ts';
import { strangeAnswer } from './strange-answer.ts';
import { summaryOf } from './summary.ts';
import { weighSuspects } from './suspects.ts';
import { traceDisputes } from './trace-dispute.ts';
import { traceEvidence } from './trace-evidence.ts';
import { unexplainedLoss } from './unexplained-loss.ts';
import { forWayTaken, otherWayNotes } from './way-taken.ts';

/** What was heard besides the model. */
export interface Witnesses {
  /** `undefined`: no probe was sent at all. */
  readonly observation: Observation | undefined;
  readonly routes: readonly RouteWitness[];
  /** Why a witness is missing, and what could not be read. */
  readonly notes: readonly string[];
}

const AGREES: Agreement = { kind: 'agrees' };

/** Weigh the witnesses: the verdict is the wire's, the causes are the model's where the wire does not contradict them. */
export function conclude(found: Host, predicted: Prediction, witnesses: Witnesses): Diagnosis {
  const observation = witnesses.observation;
  const asked = observation !== undefined && observation.sent > 0 ? observation : undefined;
  const { host, prediction: weighed, notes } = weighSuspects(found, predicted, asked);
  const prediction = forWayTaken(weighed, asked);
  const { question, trip } = prediction;
  const agreement = asked && (leavesOpen(prediction, asked) ? AGREES : compareWire(trip, asked));
  const verdict = asked === undefined ? verdictOfModel(prediction) : verdictOfWire(prediction, asked);
  const causes = verdict === 'reachable' ? [] : causesOf(host, prediction, asked, agreement, witnesses.routes);
  return {
    question,
    verdict,
    summary: summaryOf(question, verdict, causes, prediction, { asked, standIn: standInOf(host, question, asked) }),
    causes,
    proof: verdict === 'reachable' ? undefined : proofOf(prediction, causes, agreement),
    trip,
    hops: { request: hopsOf(trip.request, asked), reply: hopsOf(trip.reply, asked) },
    wire: observation && { observation, lastSeen: lastSeenOf(observation) },
    routeWitnesses: witnesses.routes,
    looked: lookedAt(host),
    notes: [
      ...notes,
      ...(verdict === 'reachable' ? [...otherWayNotes(weighed), ...largePacketNotes(host, question, trip)] : []),
      ...notesOf(host, prediction, witnesses, agreement, verdict, causes),
    ],
  };
}

/**
 * Whether the model says that the packet may go either way, and which repair puts an end to that (two owners of one
 * address): a loss is then one of the two, wherever on them it was.
 */
function leavesOpen({ trip, proof }: Prediction, observation: Observation): boolean {
  return observation.received === 0 && lastJourney(trip).fate.kind === 'undecided' && proof !== undefined;
}

/** What the walk alone says. */
export function verdictOfModel({ trip }: Pick<Prediction, 'trip'>): Verdict {
  const { fate } = lastJourney(trip);
  if (fate.kind === 'dropped') return 'unreachable';
  return fate.kind === 'delivered' && trip.reply?.fate.kind === 'delivered' ? 'reachable' : 'undecided';
}

function verdictOfWire({ question, trip }: Prediction, observation: Observation): Verdict {
  if (observation.received > 0) return 'reachable';
  // A UDP service may keep silent: what counts is that the datagram arrived, that nobody refused it, and that no answer
  // is known to be lost.
  const arrived =
    question.proto === 'udp' &&
    !observation.refused &&
    observation.errors.length === 0 &&
    wasDelivered(trip.request, observation) &&
    !isAnswerLost(trip.reply, observation);
  return arrived ? 'reachable' : 'unreachable';
}

/** The model lets the answer die, and the wire does not show that there was none: it was seen, or dies before it can be. */
function isAnswerLost(reply: Prediction['trip']['reply'], observation: Observation): boolean {
  if (reply?.fate.kind !== 'dropped') return false;
  const shown = reply.steps.filter((step) => step.device !== undefined && directionOf(step) !== undefined);
  return shown.length === 0 || shown.some((step) => sightingOf(step, reply.leg, observation) !== undefined);
}

function wasDelivered(journey: Prediction['trip']['request'], observation: Observation): boolean {
  if (journey.fate.kind !== 'delivered') return false;
  const arrival = journey.steps.findLast((step) => step.stage === 'ingress');
  return arrival !== undefined && sightingOf(arrival, journey.leg, observation) !== undefined;
}

/** What the wire contradicts proves nothing; and that checksums are finished changes nothing of what was walked. */
function proofOf(
  prediction: Prediction,
  causes: readonly Cause[],
  agreement: Agreement | undefined,
): Prediction['proof'] {
  const isWalked = isRoundTripDelivered(prediction.trip);
  const isOnlyOffload = causes.length > 0 && causes.every(({ finding }) => finding.code === 'bad-offload');
  if (isWalked && isOnlyOffload && causes.every(({ fix }) => fix.length > 0)) return { deliveredAfter: causes.length };
  const isExplained = agreement === undefined || agreement.kind === 'agrees' || agreement.kind === 'lost-earlier';
  return isExplained ? prediction.proof : undefined;
}

/** The wire overrules: what it contradicts is no cause, and a loss that is left over gets a cause of its own. */
function causesOf(
  host: Host,
  prediction: Prediction,
  observation: Observation | undefined,
  agreement: Agreement | undefined,
  routes: readonly RouteWitness[],
): readonly Cause[] {
  const causes = prediction.causes.map((cause, index) =>
    index === 0 ? withEvidence(cause, prediction.trip, observation, routes) : cause,
  );
  if (observation === undefined || agreement === undefined || agreement.kind === 'agrees') return causes;
  const open = badOffload(host, observation);
  if (open.length > 0) return agreement.kind === 'lost-earlier' ? [...open, ...causes] : open;
  const strange = agreement.kind === 'lost-anyway' ? strangeAnswer(prediction.question, observation) : undefined;
  if (strange !== undefined) return [strange];
  const loss: Cause = { finding: unexplainedLoss(host, prediction, observation, agreement), fix: [], alternatives: [] };
  return agreement.kind === 'lost-earlier' ? [loss, ...causes] : [loss];
}

function withEvidence(
  cause: Cause,
  trip: RoundTrip,
  observation: Observation | undefined,
  routes: readonly RouteWitness[],
): Cause {
  const { finding } = cause;
  const asked = kernelEvidence(finding, routes);
  const isDisputed = traceDisputes(trip, observation?.kernel).length > 0;
  const evidence: Evidence[] = [
    ...finding.evidence,
    ...asked,
    ...(isDisputed ? [] : traceEvidence(observation?.kernel, { withLookups: asked.length === 0 })),
    ...wireEvidence(observation),
  ];
  return { ...cause, finding: { ...finding, evidence } };
}

/** The routing lookup that the kernel refused in the place of the finding. */
function kernelEvidence(finding: Finding, routes: readonly RouteWitness[]): readonly Evidence[] {
  return routes.flatMap(({ netns, leg, command, answer }) =>
    answer.kind === 'error' && netns === finding.netns && leg === finding.leg
      ? [{ witness: 'kernel', command, text: answer.text }]
      : [],
  );
}

function wireEvidence(observation: Observation | undefined): readonly Evidence[] {
  if (observation === undefined) return [];
  const errors = observation.errors.map(({ from, text }) => (from === undefined ? text : `${text} (from ${from})`));
  return [
    { witness: 'wire', command: observation.command, text: [heardText(observation), ...new Set(errors)].join('; ') },
  ];
}

function notesOf(
  host: Host,
  prediction: Prediction,
  witnesses: Witnesses,
  agreement: Agreement | undefined,
  verdict: Verdict,
  causes: readonly Cause[],
): readonly string[] {
  const { trip } = prediction;
  const isUnwalked = agreement?.kind === 'went-further' && causes.some(({ finding }) => finding.code === 'bad-offload');
  const { fate } = lastJourney(trip);
  const silentUdp = verdict === 'reachable' && witnesses.observation?.received === 0;
  const notes = [
    ...(agreement?.kind === 'answered-anyway'
      ? [`The wire answered although the model expected otherwise: ${fateText(prediction)}`]
      : []),
    ...(agreement?.kind === 'went-further' ? [`The model expected otherwise: ${fateText(prediction)}`] : []),
    ...(isUnwalked ? [NOT_WALKED] : []),
    ...(silentUdp
      ? ['UDP: the datagram arrived and nobody refused it; no answer came, which a service may well intend']
      : []),
    ...ambiguityNotes(host, prediction, witnesses.observation),
    ...(verdict === 'reachable' ? [] : redirectNotes(host, witnesses.routes)),
    // Of several next hops, ip route get is told one by the hash of its own packet.
    ...(trip.ways === undefined ? compareRoutes(trip, witnesses.routes) : []).map(
      (text) => `Model and kernel disagree: ${text}`,
    ),
    ...(verdict === 'reachable' ? [] : traceDisputes(trip, witnesses.observation?.kernel)),
    ...(fate.kind === 'undecided' && verdict !== 'reachable'
      ? fate.because.map((because) => `Not decided in ${fate.netns}: ${because}`)
      : []),
    ...(verdict === 'reachable' || agreement?.kind === 'went-further' ? [] : prediction.notes),
    ...(prediction.oldFlows ?? []),
    ...witnesses.notes,
    ...(witnesses.observation?.notes ?? []),
    ...host.notes,
  ];
  return [...new Set(notes)];
}

const NOT_WALKED =
  'The model cannot walk this fix: it does not know what carries the packet where the wire shows it to go';

function fateText({ trip, causes }: Prediction): string {
  const { fate, leg } = lastJourney(trip);
  const cause = causes[0]?.finding;
  if (cause !== undefined) return `${cause.code} in ${cause.netns}: ${cause.what}`;
  return fate.kind === 'undecided'
    ? `undecided in ${fate.netns}: ${fate.because.join('; ')}`
    : `the ${leg} ends ${fate.kind} in ${fate.netns}`;
}
