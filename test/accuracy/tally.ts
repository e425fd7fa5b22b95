/**
 * What a run has shown: a row for each kind of fault, and the totals.
 *
 * @module
 */

import { prepare } from './cases.ts';
import { isRight, type Judgement } from './judge.ts';
import type { Judged } from './log.ts';

/** A network that was judged, with what it counts for. */
interface Counted {
  readonly kinds: readonly string[];
  readonly judgement: Judgement;
}

export const COLUMNS = ['fault', 'networks', 'verdict', 'causes', 'last place', 'repaired'] as const;

/** A row a kind of fault; a network with three faults counts in three rows. */
export function rowsOf(all: readonly Judged[]): readonly (readonly string[])[] {
  const counted = countedOf(all);
  const kinds = [...new Set(counted.flatMap((each) => each.kinds))].sort();
  return kinds.map((kind) => {
    const list = counted.filter((each) => each.kinds.includes(kind)).map(({ judgement }) => judgement);
    const { verdict, causes, place, repaired } = sharesOf(list);
    return [
      kind,
      String(list.length),
      ...[verdict, causes, place, repaired].map(({ right, of }) => `${right} of ${of}`),
    ];
  });
}

/** The totals, a line each. */
export function totalsOf(all: readonly Judged[]): readonly string[] {
  const judgements = countedOf(all).map(({ judgement }) => judgement);
  const { verdict, causes, place, repaired } = sharesOf(judgements);
  const works = judgements.filter((judgement) => judgement.works);
  const blamed = works.filter(({ causes: named }) => named.length > 0).length;
  const unjudged = all.length - judgements.length;
  return [
    `networks: ${judgements.length}, of which broken: ${judgements.length - works.length}` +
      (unjudged === 0 ? '' : `; could not be judged: ${unjudged}`),
    `verdict right: ${shareText(verdict)}`,
    `causes right: ${shareText(causes)}`,
    `last place right: ${shareText(place)}`,
    `repaired: ${shareText(repaired)}`,
    `healthy networks blamed: ${blamed} of ${works.length}`,
  ];
}

/** Everything was judged, and nothing is to be held against nsdiag. */
export function isAllRight(all: readonly Judged[]): boolean {
  const counted = countedOf(all);
  return counted.length === all.length && counted.every(({ judgement }) => isRight(judgement));
}

interface Share {
  readonly right: number;
  readonly of: number;
}

function sharesOf(list: readonly Judgement[]) {
  return {
    verdict: share(list, ({ verdictRight }) => verdictRight),
    causes: share(list, ({ causesRight }) => causesRight),
    place: share(list, ({ placeRight }) => placeRight),
    repaired: share(list, ({ repaired }) => repaired),
  };
}

/** Of those for which the question makes sense. */
function share(list: readonly Judgement[], ask: (judgement: Judgement) => boolean | undefined): Share {
  const answers = list.map(ask).filter((answer) => answer !== undefined);
  return { right: answers.filter(Boolean).length, of: answers.length };
}

function shareText({ right, of }: Share): string {
  return `${right} of ${of} (${of === 0 ? '-' : ((100 * right) / of).toFixed(1)} %)`;
}

function countedOf(all: readonly Judged[]): readonly Counted[] {
  return all.flatMap(({ tried, judgement }) => {
    if ('error' in judgement) return [];
    const kinds = prepare(tried).faults.map(({ kind }) => kind);
    const odd = tried.odd.length > 0 ? '(healthy, odd)' : '(healthy)';
    return [{ kinds: kinds.length === 0 ? [odd] : [...new Set(kinds)], judgement }];
  });
}
