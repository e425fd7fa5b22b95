/**
 * What works near to what does not: whether it is the sender that is cut off, the destination, or only this pair.
 *
 * The model alone is asked, of the namespaces that are wired to either end: the sender for each of them (by ping), each of
 * them for the destination (with the same packet), and the other way round. Limit: the nearest `MOST_OTHERS` of them, and
 * only those about which the model decides.
 *
 * @module
 */

import { ownersOf } from '../faults/search/owner.ts';
import { findNetns, type Host, linksOf, type Netns } from '../host/host.ts';
import type { NetnsName } from '../host/link.ts';
import { isRoundTripDelivered, lastJourney } from '../journey/journey.ts';
import { type Address, familyOf } from '../net/address.ts';
import { segmentOf } from '../topology/wiring.ts';
import type { Question } from '../walk/question.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';
import type { Prediction } from './diagnosis.ts';

/** Enough to tell a pattern, and some milliseconds of walking. */
const MOST_OTHERS = 16;
/** How many are named. */
const MOST_NAMES = 3;
const PING_BYTES = 56;

/** @returns `undefined` where there is nothing to compare with, or where it tells nothing. */
export function contrastOf(host: Host, { question, trip }: Prediction): string | undefined {
  const { netns: asker, destination } = question;
  const owners = new Set(ownersOf(host, destination).map(({ ref }) => ref.netns));
  if (owners.size === 0 || owners.has(asker)) return undefined;
  const others = wiredWith(host, [asker, ...owners])
    .filter(({ name }) => name !== asker && !owners.has(name))
    // Without an address it is a switch, and nobody's correspondent.
    .filter((netns) => addressOf(netns, destination) !== undefined)
    .slice(0, MOST_OTHERS);
  const from = tally(others, (other) => pings(host, asker, addressOf(other, destination)));
  const to = tally(others, ({ name }) => arrives(host, { ...question, netns: name, from: undefined }));
  const sentences = [
    ...comparison(question, from, to),
    ...wayRound(host, [...owners], trip.request.packet?.source, asker),
  ];
  // Nobody asked the wire for these.
  return sentences.length === 0 ? undefined : `by the model, ${sentences.join('; ')}`;
}

interface Tally {
  readonly yes: readonly NetnsName[];
  readonly no: readonly NetnsName[];
}

function tally(others: readonly Netns[], works: (other: Netns) => boolean | undefined): Tally {
  const answers = others.map((other) => ({ name: other.name, works: works(other) }));
  const named = (answer: boolean) => answers.filter((each) => each.works === answer).map(({ name }) => name);
  return { yes: named(true), no: named(false) };
}

/** Two halves, and what follows where both are clear. */
function comparison({ netns, destination, name }: Question, from: Tally, to: Tally): readonly string[] {
  const target = name ?? destination;
  const halves = [fromText(netns, from), toText(target, to)].filter((text) => text !== undefined);
  if (halves.length < 2) return halves;
  const [sends, receives] = [patternOf(from), patternOf(to)];
  if (sends === 'all' && receives === 'all') return [...halves, 'only this pair is cut off'];
  if (sends === 'all' && receives === 'none') return [...halves, `it is ${target} that is cut off`];
  if (sends === 'none' && receives === 'all') return [...halves, `it is ${netns} that is cut off`];
  return halves;
}

function patternOf({ yes, no }: Tally): 'all' | 'none' | 'some' {
  if (no.length === 0) return 'all';
  return yes.length === 0 ? 'none' : 'some';
}

function fromText(asker: NetnsName, { yes, no }: Tally): string | undefined {
  if (yes.length + no.length === 0) return undefined;
  if (yes.length === 0) return `${asker} does not reach ${listed(no, 'or')} either`;
  return `${asker} reaches ${listed(yes, 'and')}${no.length === 0 ? '' : `, not ${listed(no, 'or')}`}`;
}

function toText(target: string, { yes, no }: Tally): string | undefined {
  if (yes.length + no.length === 0) return undefined;
  if (yes.length === 0) return `${target} is not reached from ${listed(no, 'or')} either`;
  return `${target} is reached from ${listed(yes, 'and')}${no.length === 0 ? '' : `, not from ${listed(no, 'or')}`}`;
}

function listed(names: readonly string[], joint: 'and' | 'or'): string {
  const more = names.length - MOST_NAMES;
  if (more > 1) return `${names.slice(0, MOST_NAMES).join(', ')} ${joint} ${more} more`;
  const [last = '', ...before] = names.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} ${joint} ${last}`;
}

/** Worth a word only where it works: what dies on the way back dies in both directions. */
function wayRound(
  host: Host,
  owners: readonly NetnsName[],
  source: Address | undefined,
  asker: NetnsName,
): readonly string[] {
  const working = owners.find((owner) => source !== undefined && pings(host, owner, source) === true);
  return working === undefined ? [] : [`the other way round, ${working} reaches ${asker}`];
}

function pings(host: Host, netns: NetnsName, destination: Address | undefined): boolean | undefined {
  if (destination === undefined) return undefined;
  return arrives(host, {
    netns,
    destination,
    proto: 'icmp',
    port: undefined,
    from: undefined,
    payloadBytes: PING_BYTES,
  });
}

/** `undefined`: the model cannot tell. */
function arrives(host: Host, question: Question): boolean | undefined {
  const trip = walkRoundTrip(host, question);
  if (isRoundTripDelivered(trip)) return true;
  return lastJourney(trip).fate.kind === 'dropped' ? false : undefined;
}

/** By which it is pinged. */
function addressOf(netns: Netns, destination: Address): Address | undefined {
  return linksOf(netns)
    .filter(({ detail }) => detail.kind !== 'loopback')
    .flatMap(({ addresses }) => addresses)
    .find(({ family, scope }) => family === familyOf(destination) && scope === 'global')?.address;
}

/** All namespaces that wires lead to, the nearest first. */
function wiredWith(host: Host, start: readonly NetnsName[]): readonly Netns[] {
  const reached = start.flatMap((name) => findNetns(host, name) ?? []);
  const seen = new Set<string>();
  for (const netns of reached) {
    for (const { name } of linksOf(netns)) {
      if (seen.has(keyOf(netns.name, name))) continue;
      for (const ref of segmentOf(host, { netns: netns.name, device: name })) {
        seen.add(keyOf(ref.netns, ref.device));
        const next = findNetns(host, ref.netns);
        if (next !== undefined && !reached.includes(next)) reached.push(next);
      }
    }
  }
  return reached;
}

function keyOf(netns: NetnsName, device: string): string {
  return JSON.stringify([netns, device]);
}
