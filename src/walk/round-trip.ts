/**
 * There and back: the walk of a question through a host.
 *
 * Pure: the host is a value, and the same question on it gets the same answer. Where the kernel would choose by hash or
 * by chance (several next hops, several answerers), every choice is walked: if they end alike the first is answered,
 * else the trip is undecided.
 *
 * @module
 */

import { findNetns, type Host } from '../host/host.ts';
import type { Fate } from '../journey/fate.ts';
import { type Journey, lastJourney, type RoundTrip } from '../journey/journey.ts';
import type { Packet, Transport } from '../journey/packet.ts';
import { type Address, type Family, familyOf, isUnspecified } from '../net/address.ts';
import { unreachable } from '../net/unreachable.ts';
import { answerTo, isAnswerTo, packetLength } from './answer.ts';
import { type Delivery, deliverRequest, takeDelivery } from './deliver.ts';
import { droppedAt, isFate } from './fates.ts';
import { freshEnds } from './fresh-ends.ts';
import { type HostIndex, indexHost } from './host-index.ts';
import { NO_CONNECTIONS } from './netfilter/contract.ts';
import { indexNetns, type NetnsIndex } from './netns-index.ts';
import type { Question } from './question.ts';
import type { Outgoing } from './send.ts';
import { travelTold } from './too-big.ts';
import { newWalk } from './tunnel.ts';
import { choosing, type Multipath, type Walk } from './walk.ts';

/** What connect(2) makes of 0.0.0.0 and ::. */
const LOOPBACK: Readonly<Record<Family, Address>> = { inet: '127.0.0.1' as Address, inet6: '::1' as Address };
/** Choices beyond this many are not walked: a route with more next hops is as good as undecided. */
const MOST_CHOICES = 16;

/** Walk both legs. @throws Error when the host has no namespace of the question's name. */
export function walkRoundTrip(host: Host, question: Question): RoundTrip {
  const netns = findNetns(host, question.netns);
  if (netns === undefined) throw new Error(`no namespace ${question.netns} in the host that is to be walked`);
  const index = indexHost(host);
  const asker = indexNetns(netns);
  const multipath = choosing(0);
  const first = walkOnce(index, asker, question, multipath);
  const others: RoundTrip[] = [];
  for (let pick = 1; pick < Math.min(multipath.width, MOST_CHOICES); pick++) {
    others.push(walkOnce(index, asker, question, choosing(pick)));
  }
  const different = others.find((other) => !endsAlike(first, other));
  if (different === undefined) return first;
  const undecided = { ...first, ...undecidedBetween(first, different, multipath) };
  return multipath.isRoutedOnly ? { ...undecided, ways: [first, ...others] } : undecided;
}

function walkOnce(host: HostIndex, asker: NetnsIndex, question: Question, multipath: Multipath): RoundTrip {
  const transport = transportOf(host.host, question);
  const begin = () => newWalk(host, 'request', NO_CONNECTIONS, multipath, []);
  const outgoing: Outgoing = {
    destination: isUnspecified(question.destination) ? LOOPBACK[familyOf(question.destination)] : question.destination,
    source: question.from,
    transport,
    lengthBytes: packetLength(question.destination, transport.protocol, question.payloadBytes),
    mark: 0,
    dontFragment: question.dontFragment === true,
  };
  const out = travelTold(begin, asker, outgoing);
  const request = out.walk;
  const delivery = out.end.kind === 'landing' ? deliverRequest(request, out.end) : out.end;
  if (isFate(delivery)) return { request: journey(request, out.packet, delivery), reply: undefined };
  const arrived = { kind: 'delivered' as const, netns: delivery.device.netns.name };
  return {
    request: journey(request, out.packet, arrived),
    reply: walkReply(request, asker, delivery, out.packet),
  };
}

function walkReply(request: Walk, asker: NetnsIndex, delivery: Delivery, sent: Packet | undefined): Journey {
  const { host, multipath, heard } = request;
  // What the answerer sends is a new packet: the connection is known by its addresses alone.
  const conntrack = { ...request.conntrack, tracking: undefined };
  const begin = () => newWalk(host, 'reply', conntrack, multipath, heard);
  const { walk: reply, packet, end } = travelTold(begin, delivery.device.netns, answerTo(delivery));
  if (isFate(end)) return journey(reply, packet, end);
  const { device, packet: received } = end;
  const isRecognised = sent !== undefined && device.netns === asker && isAnswerTo(sent, received);
  if (!isRecognised) {
    const expected = sent?.destination ?? received.source;
    return journey(
      reply,
      packet,
      droppedAt(device.ref, { kind: 'reply-not-recognised', expected, got: received.source }),
    );
  }
  takeDelivery(reply, device, received, 'the asker');
  return journey(reply, packet, { kind: 'delivered', netns: asker.name });
}

function journey({ leg, steps }: Walk, packet: Packet | undefined, fate: Fate): Journey {
  return { leg, packet, steps, fate };
}

function transportOf(host: Host, { proto, port, sourcePort }: Question): Transport {
  const fresh = freshEnds(host);
  if (proto === 'icmp') return { protocol: 'icmp', message: 'echo-request', id: sourcePort ?? fresh.echoId };
  if (port === undefined) throw new Error(`a ${proto} question without a port`);
  const ports = { sourcePort: sourcePort ?? fresh.port, destPort: port };
  return proto === 'tcp' ? { protocol: 'tcp', flags: 'syn', ...ports } : { protocol: 'udp', ...ports };
}

function endsAlike(a: RoundTrip, b: RoundTrip): boolean {
  return sameEnd(a.request.fate, b.request.fate) && sameEnd(a.reply?.fate, b.reply?.fate);
}

function sameEnd(a: Fate | undefined, b: Fate | undefined): boolean {
  if (a?.kind !== b?.kind || a?.kind !== 'dropped' || b?.kind !== 'dropped') return a?.kind === b?.kind;
  return a.netns === b.netns && a.device === b.device && a.reason.kind === b.reason.kind;
}

/** The leg on which two choices part is undecided. */
function undecidedBetween(a: RoundTrip, b: RoundTrip, { drawnBy }: Multipath): Partial<RoundTrip> {
  const because =
    drawnBy === undefined
      ? 'several next hops (or several answers to ARP) lead to different ends, and the kernel chooses among them'
      : `${drawnBy}: one way the packet ${endText(a)}, another way it ${endText(b)}`;
  const undecidedLeg = (leg: Journey): Journey => ({
    ...leg,
    fate: { kind: 'undecided', netns: leg.fate.netns, because: [because] },
  });
  if (!sameEnd(a.request.fate, b.request.fate) || a.reply === undefined) {
    return { request: undecidedLeg(a.request), reply: undefined };
  }
  return { reply: undecidedLeg(a.reply) };
}

/** How the trip ended, as what the packet does. */
function endText(trip: RoundTrip): string {
  const { leg, fate } = lastJourney(trip);
  const isAnswer = leg === 'reply';
  switch (fate.kind) {
    case 'delivered':
      return isAnswer ? 'is answered' : `is delivered in ${fate.netns}`;
    case 'dropped':
      return `${isAnswer ? 'arrives, and the answer dies' : 'dies'} in ${fate.netns} (${fate.reason.kind})`;
    case 'left-host':
      return `${isAnswer ? 'arrives, and the answer leaves' : 'leaves'} by ${fate.device} of ${fate.netns}`;
    case 'undecided':
      return `ends in ${fate.netns} as nobody can tell`;
    default:
      return unreachable(fate);
  }
}
