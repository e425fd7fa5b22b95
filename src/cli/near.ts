/**
 * Names near to a mistyped one, for hints.
 *
 * @module
 */

import { nearest } from '../lab/nearest.ts';

const MOST = 5;

/** The candidates that may have been meant, the nearest first; those that begin with the word come after. */
export function nearNames(asked: string, candidates: readonly string[]): readonly string[] {
  const near: string[] = [];
  const left = new Set(candidates);
  for (let next = nearest(asked, [...left]); next !== undefined; next = nearest(asked, [...left])) {
    near.push(next);
    left.delete(next);
  }
  const begun = asked === '' ? [] : [...left].filter((name) => name.startsWith(asked));
  return [...near, ...begun].slice(0, MOST);
}
