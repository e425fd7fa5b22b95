/**
 * A small packet that passes says nothing of large ones: connections open, and hang with the first full segment. So the
 * model walks a packet as large as both ends would send, and a note says where it would be lost without anybody being told.
 * Where its sender is told, it adapts, and there is nothing to say.
 *
 * Limit: what TCP is told of segment sizes on the way (TCPMSS) is not modelled.
 *
 * Source: RFC 2923 section 2.1.
 *
 * @module
 */

import { isWordLost } from '../faults/search/lost-word.ts';
import { findLink, type Host } from '../host/host.ts';
import { isRoundTripDelivered, lastJourney, type RoundTrip } from '../journey/journey.ts';
import { packetLength } from '../walk/answer.ts';
import type { Question } from '../walk/question.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';

/** Notes for a question whose small packet is answered. */
export function largePacketNotes(host: Host, question: Question, trip: RoundTrip): readonly string[] {
  const bytes = largestOf(host, trip);
  if (question.dontFragment === true || bytes === undefined || !isRoundTripDelivered(trip)) return [];
  const { destination, proto, payloadBytes } = question;
  const headers = packetLength(destination, proto, 0);
  if (bytes <= headers + payloadBytes) return [];
  const large = { ...question, payloadBytes: bytes - headers, dontFragment: true } as const;
  const { leg, steps, fate } = lastJourney(walkRoundTrip(host, large));
  const sender = steps.find(({ stage }) => stage === 'send')?.netns;
  if (fate.kind !== 'dropped' || fate.reason.kind !== 'mtu-exceeded' || sender === undefined) return [];
  const { at, by, mtu, lengthBytes } = fate.reason;
  if (by.kind !== 'device' && !isWordLost(by, sender)) return [];
  const silence = by.kind === 'device' ? 'in silence' : `and the ICMP error that would tell ${sender} is lost`;
  const size = packetLength(destination, 'icmp', 0);
  const ask =
    leg === 'request' ? `; ask: nsdiag why ${question.netns} ${destination} --size ${lengthBytes - size}` : '';
  return [
    `Large packets are lost: a ${leg} of ${lengthBytes} bytes dies at ${at.netns} ${at.device} (MTU ${mtu}), ${silence}: connections open, and hang${ask}`,
  ];
}

/** What fits the devices of both ends: as much as a sender sends, and a receiver asks for. */
function largestOf(host: Host, { request }: RoundTrip): number | undefined {
  const first = request.steps.find(({ stage }) => stage === 'egress');
  const last = request.steps.findLast(({ stage }) => stage === 'ingress');
  const mtus = [first, last].map((step) =>
    step?.device === undefined ? undefined : findLink(host, step.netns, step.device)?.mtu,
  );
  const [near, far] = mtus;
  return near === undefined || far === undefined ? undefined : Math.min(near, far);
}
