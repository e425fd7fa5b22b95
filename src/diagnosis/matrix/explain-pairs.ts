/**
 * What breaks the pairs that fail, with as few diagnoses as can be: one searches for the cause of one pair, takes what
 * repairs it, and walks the others that die at the same place on the repaired host. Those that then arrive are explained
 * by it, and that is walked, not guessed. Of the rest, another one is diagnosed, and so on while there is time; what is
 * left dies at the same place of the same, and gets the first reason of the one that was diagnosed there.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import type { Host } from '../../host/host.ts';
import { isRoundTripDelivered } from '../../journey/journey.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import type { Prediction } from '../diagnosis.ts';
import { predict } from '../predict.ts';
import type { Walked } from './ask-pairs.ts';
import { endOf } from './end-of-journey.ts';
import type { KnownBy, Pair, Reason } from './matrix.ts';
import { ReasonBook } from './reasons.ts';

/** Beyond the first of each place, so many pairs get a diagnosis of their own. With 100 namespaces each takes 50 ms. */
const MOST_DIAGNOSED = 24;
/** A repair that fails so many pairs in a row is one for its own pair alone: an accept for its addresses. */
const MOST_MISSES = 8;

export interface Explained {
  readonly reasons: readonly Reason[];
  readonly knownBy: KnownBy;
}

/** Explain every pair whose round trip failed. */
export function explainPairs(host: Host, failed: readonly Walked[]): ReadonlyMap<Pair, Explained> {
  const explained = new Map<Pair, Explained>();
  const book = new ReasonBook();
  let budget = MOST_DIAGNOSED;
  for (const group of groupsOf(failed)) {
    let left = group;
    let first: readonly Reason[] | undefined;
    for (let next = left[0]; next !== undefined && (first === undefined || budget > 0); next = left[0]) {
      if (first !== undefined) budget--;
      const prediction = predict(host, next.pair.question);
      const { causes } = prediction;
      const found = causes.length === 0 ? [book.unexplained(next)] : book.of(causes, next.pair);
      first ??= found;
      explained.set(next.pair, { reasons: found, knownBy: 'diagnosed' });
      const { repaired, others } = repairedWith(host, prediction, left.slice(1));
      for (const { pair } of repaired) explained.set(pair, { reasons: found, knownBy: 'repaired-with' });
      left = others;
    }
    const same = first?.slice(0, 1) ?? [];
    for (const { pair } of left) explained.set(pair, { reasons: same, knownBy: 'same-end' });
  }
  return explained;
}

/** The largest group first: it deserves the diagnoses. */
function groupsOf(failed: readonly Walked[]): readonly (readonly Walked[])[] {
  const groups = new Map<string, Walked[]>();
  for (const walked of failed) {
    const end = endOf(walked.trip);
    const group = groups.get(end);
    if (group === undefined) groups.set(end, [walked]);
    else group.push(walked);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

function repairedWith(host: Host, { proof, walked }: Prediction, group: readonly Walked[]) {
  if (proof === undefined) return { repaired: [], others: group };
  const after = walked.flatMap(({ edits }) => edits).reduce(applyEdit, host);
  const repaired: Walked[] = [];
  const others: Walked[] = [];
  let misses = 0;
  for (const each of group) {
    const isRepaired = misses < MOST_MISSES && isRoundTripDelivered(walkRoundTrip(after, each.pair.question));
    misses = isRepaired ? 0 : misses + 1;
    (isRepaired ? repaired : others).push(each);
  }
  return { repaired, others };
}
