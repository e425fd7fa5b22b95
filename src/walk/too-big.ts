/**
 * A router that finds a packet too long tells its sender, by ICMP; a sender that may cut its packets up then sends
 * shorter ones. The word is itself a packet: it needs a route back, and passes every filter on its way.
 *
 * What is answered is how it goes on once the word has come: the first packet is lost in any case.
 *
 * Source: net/ipv4/icmp.c __icmp_send(); net/ipv6/icmp.c icmp6_send(); RFC 1191, RFC 8201.
 * Seen in test/live/kernel-mtu.test.ts.
 *
 * @module
 */

import type { DropReason, Fate, RoutersWord } from '../journey/fate.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import { isFate, undecided } from './fates.ts';
import type { NetnsIndex } from './netns-index.ts';
import type { Landing } from './receive.ts';
import type { Outgoing } from './send.ts';
import { type Travelled, travel } from './travel.ts';
import { newWalk } from './tunnel.ts';
import type { Walk } from './walk.ts';

/** IP and ICMP header, and the whole error at most (RFC 1812 section 4.3.2.3; RFC 4443 section 2.4). */
const ERROR_BYTES = { inet: { headers: 28, most: 576 }, inet6: { headers: 48, most: 1280 } } as const;
/** Each word names a smaller MTU; more than so many routers with ever narrower ways are as good as undecided. */
const MOST_WORDS = 8;

/** How a leg went, and in which walk of it. */
export interface Told extends Travelled {
  readonly walk: Walk;
}

/**
 * Send, follow, and where a router refuses it as too long, see whether the sender learns of that.
 *
 * @param begin Begins the walk of the leg, and begins it anew with what the sender has learned.
 */
export function travelTold(begin: () => Walk, sender: NetnsIndex, outgoing: Outgoing): Told {
  let learned: number | undefined;
  for (let words = 0; words < MOST_WORDS; words++) {
    const walk = begin();
    const { packet, end } = travel(walk, sender, learned === undefined ? outgoing : { ...outgoing, learned });
    const refusal = refusalOf(end);
    if (refusal === undefined) return { walk, packet, end };
    const word = wordOf(walk, refusal);
    if (outgoing.dontFragment === true || !reaches(word, sender)) {
      return { walk, packet, end: endWith(refusal, word, outgoing) };
    }
    learned = refusal.reason.mtu;
  }
  const walk = begin();
  return { walk, packet: undefined, end: undecided(sender.name, 'every router on the way is narrower than the last') };
}

interface Refusal {
  readonly fate: Extract<Fate, { kind: 'dropped' }>;
  readonly reason: Extract<DropReason, { kind: 'mtu-exceeded' }>;
}

/** A router's refusal. */
function refusalOf(end: Landing | Fate): Refusal | undefined {
  if (end.kind !== 'dropped' || end.reason.kind !== 'mtu-exceeded' || end.reason.by.kind !== 'router') return undefined;
  return { fate: end, reason: end.reason };
}

/** Walk the word from the router to the sender of what it is about. */
function wordOf(walk: Walk, { fate, reason }: Refusal): RoutersWord {
  const router = walk.host.namespaces.get(fate.netns);
  const { packet: about } = reason;
  if (router === undefined) return { packet: undefined, steps: [], fate: undecided(fate.netns, 'it was not read') };
  const leg = walk.leg === 'request' ? 'reply' : 'request';
  const back = newWalk(walk.host, leg, { ...walk.conntrack, tracking: undefined }, walk.multipath, [...walk.heard]);
  const { packet, end } = travel(back, router, {
    destination: about.source,
    source: undefined,
    transport: { protocol: 'icmp', message: 'too-big', id: 0, about },
    lengthBytes: errorBytes(about),
    mark: 0,
    mayFragment: true,
  });
  return { packet, steps: back.steps, fate: isFate(end) ? end : { kind: 'delivered', netns: end.device.netns.name } };
}

function errorBytes(about: Packet): number {
  const { headers, most } = ERROR_BYTES[packetFamily(about)];
  return Math.min(most, headers + about.lengthBytes);
}

function reaches({ fate }: RoutersWord, sender: NetnsIndex): boolean {
  return fate.kind === 'delivered' && fate.netns === sender.name;
}

/** What must not be cut dies either way; what may be cut goes on if the word comes through, so that has to be known. */
function endWith({ fate, reason }: Refusal, word: RoutersWord, { dontFragment }: Outgoing): Fate {
  if (word.fate.kind === 'undecided' && dontFragment !== true) return word.fate;
  if (reason.by.kind !== 'router') return fate;
  return { ...fate, reason: { ...reason, by: { ...reason.by, word } } };
}
