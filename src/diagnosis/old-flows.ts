/**
 * Flows that began before: a sender that keeps its port, or a ping that was never stopped, goes on as conntrack remembers
 * it, while a new one gets through. Who repairs NAT and looks at the old ping believes that the repair was wrong.
 *
 * Limit: the first flows of the question's own source, as the namespaces on its way remember them; whether somebody still
 * sends them is not known.
 *
 * @module
 */

import { conntrackStale } from '../faults/rules/conntrack-stale.ts';
import { inNetns } from '../host/commands-enter.ts';
import { forgetAllWords, forgetWords } from '../host/conntrack-words.ts';
import { findNetns, type Host, type Netns } from '../host/host.ts';
import type { TrackedConnection } from '../host/tracked-connection.ts';
import { isRoundTripDelivered, lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { Port } from '../net/port.ts';
import type { Question } from '../walk/question.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';

/** Each of them is walked. */
const MOST_FLOWS = 8;

/**
 * What is to be said of old flows of the question's kind that a new one leaves behind; a note for each namespace that
 * remembers them.
 *
 * @param trip The question's, on that host: with a port that is new.
 */
export function oldFlows(host: Host, question: Question, trip: RoundTrip): readonly string[] {
  if (question.sourcePort !== undefined || !isRoundTripDelivered(trip)) return [];
  const misled = namespacesOf(host, trip).flatMap((netns) => {
    const flows = flowsOf(netns, question, trip).filter((flow) => isMisled(host, question, flow));
    return flows.length === 0 ? [] : [{ netns, flows }];
  });
  return misled.map(({ netns, flows }) => noteOf(netns, flows));
}

function namespacesOf(host: Host, { request }: RoundTrip): readonly Netns[] {
  const names = new Set(request.steps.map(({ netns }) => netns));
  return [...names].flatMap((name) => findNetns(host, name) ?? []);
}

/** Those from which the question has been asked before, the latest first. */
function flowsOf(
  { connections }: Netns,
  { proto, port, destination }: Question,
  { request }: RoundTrip,
): readonly TrackedConnection[] {
  const entries = connections.known ? connections.value.entries : [];
  return entries
    .filter(
      ({ protocol, original }) =>
        protocol === proto &&
        original.source === request.packet?.source &&
        original.destination === destination &&
        (port === undefined || original.destPort === port),
    )
    .toSorted((a, b) => b.secondsLeft - a.secondsLeft)
    .slice(0, MOST_FLOWS);
}

function isMisled(host: Host, question: Question, { original }: TrackedConnection): boolean {
  const old = { ...question, sourcePort: original.sourcePort as Port };
  const trip = walkRoundTrip(host, old);
  if (isRoundTripDelivered(trip)) return false;
  return conntrackStale.find({ host, question: old, trip, journey: lastJourney(trip) }).length > 0;
}

function noteOf(netns: Netns, flows: readonly TrackedConnection[]): string {
  const [latest, ...others] = flows;
  if (latest === undefined) return '';
  const what = latest.protocol === 'icmp' ? 'ping' : 'sender';
  const ports = flows.map(({ original }) => original.sourcePort).join(', ');
  const from = `${latest.protocol === 'icmp' ? 'id' : 'port'} ${ports}`;
  // A TCP connection may be one that works, so that no other is forgotten along with it.
  const words = others.length === 0 || latest.protocol === 'tcp' ? forgetWords(latest) : forgetAllWords(latest);
  const command = inNetns(netns, words).join(' ');
  return `A new flow gets through, but a ${what} that began before (${from}) goes on as ${netns.name} remembers it, and does not: end it, or ${command}`;
}
