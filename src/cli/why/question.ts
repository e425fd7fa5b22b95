/**
 * The words of `nsdiag why` and a host, to the question that the walk answers, or to the lookup of a name that failed.
 *
 * @module
 */

import type { FailedLookup } from '../../diagnosis/name-lookup.ts';
import type { Host, Netns } from '../../host/host.ts';
import { familyOf } from '../../net/address.ts';
import { Failure } from '../../system/failure.ts';
import type { Question } from '../../walk/question.ts';
import { nearNames } from '../near.ts';
import { destinationOf, netnsCalled, type Surroundings } from './destination.ts';
import type { WhyWords } from './words.ts';

/** What is to be asked. */
export type Asked =
  | { readonly kind: 'question'; readonly question: Question; readonly notes: readonly string[] }
  | { readonly kind: 'unresolved'; readonly lookup: FailedLookup };

/** How a hint lists namespaces when none is near. */
const MOST_NAMES = 8;

/** @throws Failure when a word names nothing, or the namespace that asks could not be read. */
export async function questionOf(host: Host, words: WhyWords, around: Surroundings): Promise<Asked> {
  const netns = requiredNetns(host, words.netns, around);
  if (!netns.links.known) {
    const hint = 'Run nsdiag as root (sudo); a snapshot has to be taken as root';
    throw new Failure('no-permission', `Cannot look into "${words.netns}": ${netns.links.why}`, hint);
  }
  const destination = await destinationOf(host, netns, words, around);
  if (destination.kind === 'unresolved') return destination;
  const { address, name, notes } = destination;
  const { proto, port, from, sourcePort, payloadBytes, dontFragment } = words;
  if (from !== undefined && familyOf(from) !== familyOf(address)) {
    throw new Failure(
      'usage',
      `Cannot send from ${from} to ${address}: one is IPv4, the other IPv6`,
      'Give --from an address of the same family',
    );
  }
  const own = { ...(dontFragment && { dontFragment }), ...(sourcePort !== undefined && { sourcePort }) };
  const question = { netns: netns.name, destination: address, name, proto, port, from, payloadBytes, ...own };
  return { kind: 'question', question, notes };
}

/** @throws Failure when there is no namespace of that name. */
export function requiredNetns(host: Host, name: string, around: Pick<Surroundings, 'inodeOf'>): Netns {
  const netns = netnsCalled(host, name, around);
  if (netns !== undefined) return netns;
  throw new Failure('not-found', `Cannot look into "${name}": there is no such namespace`, netnsHint(host, name));
}

function netnsHint(host: Host, name: string): string {
  const names = host.namespaces.flatMap((netns) => [netns.name, ...netns.aliases]);
  const near = nearNames(name, names);
  if (near.length > 0) return `Near: ${near.join(', ')}`;
  const shown = host.namespaces.slice(0, MOST_NAMES).map((netns) => netns.name);
  const more = names.length > shown.length ? ', ...' : '';
  return `There are: ${shown.join(', ')}${more}\nThe namespace that nsdiag runs in is called host`;
}
