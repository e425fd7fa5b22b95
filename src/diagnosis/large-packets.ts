/**
 * A small packet that passes says nothing of large ones: connections open, and hang with the first full segment. So the
 * model walks a packet as large as both ends would send, and a note says where it would be lost without anybody being told.
 * Where its sender is told, it adapts, and there is nothing to say.
 *
 * Limit: a firewall that lowers what one end tells and not what the other does (`--clamp-mss-to-pmtu` for one direction)
 * hides a loss of the answers behind one of the requests.
 *
 * Source: RFC 2923 section 2.1; RFC 9293 section 3.7.1 (MSS).
 *
 * @module
 */

import { isWordLost } from '../faults/search/lost-word.ts';
import { findLink, type Host } from '../host/host.ts';
import { isRoundTripDelivered, type Journey, type Leg, lastJourney, type RoundTrip } from '../journey/journey.ts';
import { packetLength } from '../walk/answer.ts';
import { toldLength } from '../walk/netfilter/clamp-mss.ts';
import type { Question } from '../walk/question.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';

/** Notes for a question whose small packet is answered. */
export function largePacketNotes(host: Host, question: Question, trip: RoundTrip): readonly string[] {
  const bytes = largestOf(host, trip);
  if (question.dontFragment === true || bytes === undefined || !isRoundTripDelivered(trip)) return [];
  // Each end keeps to what the other one told it, which a firewall on the way may have lowered.
  const told = { request: toldIn(trip.reply), reply: toldIn(trip.request) };
  const sizes = [...new Set(LEGS.map((leg) => Math.min(bytes, told[leg] ?? bytes)))];
  const losses = sizes.flatMap((size) => lossOf(host, question, size) ?? []);
  return losses.filter(({ leg, lengthBytes }) => lengthBytes <= (told[leg] ?? lengthBytes)).map(({ note }) => note);
}

const LEGS = ['request', 'reply'] as const;

/** How long a packet gets that keeps to what the journey told where it arrived. */
function toldIn(journey: Journey | undefined): number | undefined {
  const arrival = journey?.steps.findLast(({ stage }) => stage === 'ingress');
  return arrival?.stage === 'ingress' ? toldLength(arrival.packet) : undefined;
}

interface Loss {
  readonly leg: Leg;
  readonly lengthBytes: number;
  readonly note: string;
}

/** What becomes of a packet of that size; `undefined` when it arrives, or its sender is told. */
function lossOf(host: Host, question: Question, bytes: number): Loss | undefined {
  const { destination, proto, payloadBytes } = question;
  const headers = packetLength(destination, proto, 0);
  if (bytes <= headers + payloadBytes) return undefined;
  const large = { ...question, payloadBytes: bytes - headers, dontFragment: true } as const;
  const { leg, steps, fate } = lastJourney(walkRoundTrip(host, large));
  const sender = steps.find(({ stage }) => stage === 'send')?.netns;
  if (fate.kind !== 'dropped' || fate.reason.kind !== 'mtu-exceeded' || sender === undefined) return undefined;
  const { at, by, mtu, lengthBytes } = fate.reason;
  if (by.kind !== 'device' && !isWordLost(by, sender)) return undefined;
  const silence = by.kind === 'device' ? 'in silence' : `and the ICMP error that would tell ${sender} is lost`;
  const size = packetLength(destination, 'icmp', 0);
  const ask =
    leg === 'request' ? `; ask: nsdiag why ${question.netns} ${destination} --size ${lengthBytes - size}` : '';
  return {
    leg,
    lengthBytes,
    note: `Large packets are lost: a ${leg} of ${lengthBytes} bytes dies at ${at.netns} ${at.device} (MTU ${mtu}), ${silence}: connections open, and hang${ask}`,
  };
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
