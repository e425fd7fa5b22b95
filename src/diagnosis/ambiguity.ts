/**
 * That several namespaces have the destination address: a question about it is answered by one of them, and the person
 * may have meant another. Nothing need be wrong (anycast, a standby, networks of one numbering side by side).
 *
 * @module
 */

import { ownersOf } from '../faults/search/owner.ts';
import type { Host } from '../host/host.ts';
import type { NetnsName } from '../host/link.ts';
import type { Observation } from '../journey/observation.ts';
import { isLinkLocal, isLoopback } from '../net/address.ts';
import type { Question } from '../walk/question.ts';
import type { Prediction } from './diagnosis.ts';

/** Causes that say so themselves. */
const SAID_BY: readonly string[] = ['duplicate-address', 'destination-ambiguous'];

/** Which namespaces they are, and in which of them the packet ended, or ends by the model; empty when there is but one. */
export function ambiguityNotes(
  host: Host,
  { question, trip, causes }: Prediction,
  observation: Observation | undefined,
): readonly string[] {
  const owners = ownersOfDestination(host, question);
  if (owners.size < 2 || causes.some(({ finding }) => SAID_BY.includes(finding.code))) return [];
  const { netns } = trip.request.fate;
  const answerer = answererAmong(owners, observation);
  const end =
    answerer !== undefined ? `; ${answerer} answered` : owners.has(netns) ? `; this packet ends in ${netns}` : '';
  return [`${question.destination} is an address of ${[...owners].join(', ')}${end}`];
}

/** Who answered in the place of the namespace that was asked for by its name; `undefined` when nobody did. */
export function standInOf(host: Host, question: Question, observation: Observation | undefined): NetnsName | undefined {
  const owners = ownersOfDestination(host, question);
  const answerer = answererAmong(owners, observation);
  const isAsked = [...owners].some((name) => name === question.name);
  return isAsked && answerer !== question.name ? answerer : undefined;
}

function ownersOfDestination(host: Host, { destination }: Question): ReadonlySet<NetnsName> {
  if (isLoopback(destination) || isLinkLocal(destination)) return new Set();
  const up = ownersOf(host, destination).filter(({ link }) => link.up);
  return new Set(up.map(({ ref }) => ref.netns));
}

/** The first that was seen to send an answer. */
function answererAmong(owners: ReadonlySet<NetnsName>, observation: Observation | undefined): NetnsName | undefined {
  const first = observation?.sightings.find(
    ({ what, leg, direction, netns }) =>
      what === 'packet' && leg === 'reply' && direction === 'out' && owners.has(netns),
  );
  return first?.netns;
}
