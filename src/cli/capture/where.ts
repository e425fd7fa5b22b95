/**
 * Which namespaces to listen in, from a person's words.
 *
 * @module
 */

import { predict } from '../../diagnosis/predict.ts';
import { ownersOf } from '../../faults/search/owner.ts';
import { applyEdit } from '../../host/apply.ts';
import { type Host, linksOf, type Netns } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import type { RoundTrip } from '../../journey/journey.ts';
import { Failure } from '../../system/failure.ts';
import type { Question } from '../../walk/question.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import { nearNames } from '../near.ts';
import { netnsCalled, type Surroundings } from '../why/destination.ts';
import { questionOf } from '../why/question.ts';
import { parseWords } from '../why/words.ts';
import type { PointName, Where } from './request.ts';

/** Where, and what is asked between two places. */
export interface Chosen {
  /** The first is where a program is run. */
  readonly points: readonly PointName[];
  readonly question: Question | undefined;
  readonly notes: readonly string[];
}

/** @throws Failure when a word names nothing. */
export async function choose(where: Where, host: Host, around: Surroundings): Promise<Chosen> {
  switch (where.kind) {
    case 'all':
      return { points: host.namespaces.map(whole), question: undefined, notes: [] };
    case 'named':
      return {
        points: merged(where.words.map((word) => pointCalled(host, word, around))),
        question: undefined,
        notes: [],
      };
    case 'between':
      return between(host, where.from, where.to, around);
  }
}

function whole({ name }: Pick<Netns, 'name'>): PointName {
  return { netns: name, devices: undefined };
}

/** `ns1`, `ns1:veth0`, `pid:12`, `pid:12:eth0`: what is a namespace as it stands is one. */
function pointCalled(host: Host, word: string, around: Surroundings): PointName {
  const netns = netnsCalled(host, word, around);
  if (netns !== undefined) return whole(netns);
  const colon = word.lastIndexOf(':');
  const owner = colon <= 0 ? undefined : netnsCalled(host, word.slice(0, colon), around);
  if (owner === undefined) {
    const names = host.namespaces.flatMap(({ name, aliases }) => [name, ...aliases]);
    const near = nearNames(colon <= 0 ? word : word.slice(0, colon), names);
    const hint = near.length > 0 ? `Near: ${near.join(', ')}` : `There are: ${names.slice(0, 8).join(', ')}`;
    throw new Failure('not-found', `Cannot capture in "${word}": there is no such namespace`, hint);
  }
  const device = word.slice(colon + 1);
  const devices = linksOf(owner).map(({ name }) => name);
  if (owner.links.known && !devices.some((name) => name === device)) {
    const near = nearNames(device, devices);
    const hint = `${owner.name} has ${(near.length > 0 ? near : devices.slice(0, 8)).join(', ')}`;
    throw new Failure('not-found', `Cannot capture at "${word}": ${owner.name} has no such device`, hint);
  }
  return { netns: owner.name, devices: new Set([device]) };
}

/** A namespace once, with all devices that were named, or all it has. */
function merged(points: readonly PointName[]): readonly PointName[] {
  const byName = new Map<NetnsName, PointName>();
  for (const { netns, devices } of points) {
    const known = byName.get(netns);
    const all = known === undefined ? devices : known.devices && devices && new Set([...known.devices, ...devices]);
    byName.set(netns, { netns, devices: all });
  }
  return [...byName.values()];
}

/**
 * Every namespace on the way there and back: the way that a packet goes now, and the one that it would go once what stands
 * in its way is repaired; and wherever the destination is, should the model be wrong.
 */
async function between(host: Host, from: string, to: string, around: Surroundings): Promise<Chosen> {
  const asked = await questionOf(host, parseWords(from, to, {}), around);
  if (asked.kind === 'unresolved') {
    const hint = 'Give an address or a namespace; nsdiag why says what is wrong with the name';
    throw new Failure('not-found', `Cannot capture between ${from} and "${to}": the name has no address`, hint);
  }
  const { question, notes } = asked;
  const { trip, walked } = predict(host, question);
  const repaired = walked.flatMap(({ edits }) => edits).reduce(applyEdit, host);
  const names = [
    question.netns,
    ...netnsOf(trip),
    ...netnsOf(walkRoundTrip(repaired, question)),
    ...ownersOf(host, question.destination).map(({ ref }) => ref.netns),
  ];
  return { points: [...new Set(names)].map((name) => whole({ name })), question, notes };
}

function netnsOf({ request, reply }: RoundTrip): readonly NetnsName[] {
  return [...request.steps, ...(reply?.steps ?? [])].map(({ netns }) => netns);
}
