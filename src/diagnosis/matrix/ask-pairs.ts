/**
 * Every pair, and what the walk says of it.
 *
 * @module
 */

import { findNetns, type Host } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import type { RoundTrip } from '../../journey/journey.ts';
import { addressesSeenFrom } from '../../topology/netns-address.ts';
import type { Question } from '../../walk/question.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import type { Pair } from './matrix.ts';

/** What every pair is asked. */
export type Asking = Pick<Question, 'proto' | 'port' | 'payloadBytes' | 'dontFragment'>;

/** A pair that was walked. */
export interface Walked {
  readonly pair: Pair & { readonly question: Question };
  readonly trip: RoundTrip;
}

/** Each of them asks each other one, by the address that `why FROM TO` would take. */
export function pairsOf(host: Host, members: readonly NetnsName[], asking: Asking): readonly Pair[] {
  const namespaces = members.flatMap((name) => findNetns(host, name) ?? []);
  return namespaces.flatMap((asker) => {
    const addressOf = addressesSeenFrom(host, asker);
    return namespaces
      .filter((target) => target !== asker)
      .map((target): Pair => {
        const destination = asker.links.known ? addressOf(target)?.address : undefined;
        const question: Question | undefined = destination && {
          ...asking,
          netns: asker.name,
          destination,
          name: target.name,
          from: undefined,
        };
        return { from: asker.name, to: target.name, question };
      });
  });
}

/** Ask the model. */
export function walkPair(host: Host, pair: Pair): Walked | undefined {
  const { question } = pair;
  return question && { pair: { ...pair, question }, trip: walkRoundTrip(host, question) };
}
