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
import { findNetns, type Host } from '../host/host.ts';
import { isRoundTripDelivered, lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { Port } from '../net/port.ts';
import type { Question } from '../walk/question.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';
import { fixOf } from './fix.ts';

/** Each of them is walked. */
const MOST_FLOWS = 4;

/**
 * What is to be said of old flows of the question's kind that a new one leaves behind.
 *
 * @param trip The question's, on that host: with a port that is new.
 */
export function oldFlows(host: Host, question: Question, trip: RoundTrip): readonly string[] {
  if (question.sourcePort !== undefined || !isRoundTripDelivered(trip)) return [];
  return portsOf(host, question, trip)
    .slice(0, MOST_FLOWS)
    .flatMap((sourcePort) => {
      const old = { ...question, sourcePort };
      const oldTrip = walkRoundTrip(host, old);
      if (isRoundTripDelivered(oldTrip)) return [];
      const context = { host, question: old, trip: oldTrip, journey: lastJourney(oldTrip) };
      return conntrackStale.find(context).flatMap(({ what, repairs: [repair] }) => {
        if (repair === undefined) return [];
        const commands = fixOf(host, repair).map(({ argv }) => argv.join(' '));
        return [`A new flow gets through; an older one does not: ${what}. To begin it anew: ${commands.join('; ')}`];
      });
    });
}

/** The ports, or echo ids, from which the question has been asked before. */
function portsOf(host: Host, { proto, port, destination }: Question, trip: RoundTrip): readonly Port[] {
  const names = new Set(trip.request.steps.map(({ netns }) => netns));
  const tables = [...names].flatMap((name) => {
    const connections = findNetns(host, name)?.connections;
    return connections?.known ? connections.value.entries : [];
  });
  const ports = tables
    .filter(
      ({ protocol, original }) =>
        protocol === proto &&
        original.source === trip.request.packet?.source &&
        original.destination === destination &&
        (port === undefined || original.destPort === port),
    )
    .map(({ original }) => original.sourcePort as Port);
  return [...new Set(ports)];
}
