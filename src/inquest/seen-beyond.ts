/**
 * Whether the captures saw a packet beyond the place where the model lets it die: then the wire contradicts the cause.
 *
 * Beyond is a device on the way that the packet would take with everything repaired, and that it does not reach as the
 * host is; or a namespace that it does not reach; or its answer, where the model lets no request arrive. A capture that
 * does not name its devices (plain tcpdump) says nothing here.
 *
 * @module
 */

import type { Prediction } from '../diagnosis/diagnosis.ts';
import { directionOf } from '../diagnosis/hops.ts';
import { applyEdit } from '../host/apply.ts';
import { allLinks, type Host } from '../host/host.ts';
import { type Journey, lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { SeenAt } from '../postmortem/finding.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';

/** A namespace of the host, and a device there. */
interface Place {
  readonly netns: string;
  readonly device: string;
}

/** @returns A phrase: what was seen, and where; `undefined`: nothing contradicts the model. */
export function seenBeyond(host: Host, predicted: Prediction, seen: SeenAt): string | undefined {
  const place = placeOf(host, seen.place);
  const { trip } = predicted;
  const last = lastJourney(trip);
  // Where nobody listens the kernel itself answers, with a refusal that may be lost as any answer.
  if (place === undefined || last.fate.kind !== 'dropped' || last.fate.reason.kind === 'no-socket') return undefined;
  const told = `${seen.leg === 'reply' ? 'an answer' : 'the packet'} was seen at ${seen.place}`;
  if (seen.leg !== last.leg) return seen.leg === 'reply' ? told : undefined;
  if (passes(last, place)) return undefined;
  const isElsewhere = !last.steps.some(({ netns }) => netns === place.netns);
  return isElsewhere || passes(legOf(repairedTrip(host, predicted), seen.leg), place) ? told : undefined;
}

/** As `nsdiag capture` names its interfaces: `ns1:veth0`. */
function placeOf(host: Host, name: string): Place | undefined {
  for (const { netns, link } of allLinks(host)) {
    if (name === `${netns.name}:${link.name}`) return { netns: netns.name, device: link.name };
  }
  return undefined;
}

function repairedTrip(host: Host, { question, walked }: Prediction): RoundTrip {
  return walkRoundTrip(walked.flatMap(({ edits }) => edits).reduce(applyEdit, host), question);
}

function legOf({ request, reply }: RoundTrip, leg: SeenAt['leg']): Journey | undefined {
  return leg === 'request' ? request : reply;
}

function passes(journey: Journey | undefined, { netns, device }: Place): boolean {
  return (
    journey?.steps.some((step) => step.netns === netns && step.device === device && directionOf(step) !== undefined) ??
    false
  );
}
