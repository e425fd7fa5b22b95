/**
 * What schemas of YAML files are made of, each with the words that a person is told when the file says something else.
 *
 * @module
 */

import * as v from 'valibot';
import { nearest } from './nearest.ts';

/** A mapping with these keys and no others; an unknown one is answered with the key that was probably meant. */
export function mapping<Entries extends v.ObjectEntries>(entries: Entries) {
  return v.strictObject(entries, (issue) => keyProblem(Object.keys(entries), issue));
}

function keyProblem(keys: readonly string[], issue: v.StrictObjectIssue): string {
  const key = issue.path?.at(-1)?.key;
  if (issue.expected === 'never' && typeof key === 'string') {
    const meant = nearest(key, keys);
    return `unknown key, ${meant === undefined ? `known are ${keys.join(', ')}` : `did you mean ${meant}?`}`;
  }
  if (issue.received === 'undefined') return 'is missing';
  return `must be a mapping with the keys ${keys.join(', ')}`;
}

/** A string that passes a test of its form. */
export function word(isValid: (value: string) => boolean, must: string) {
  return v.pipe(v.string(must), v.check(isValid, must));
}

export function list<Item extends v.GenericSchema>(item: Item) {
  return v.array(item, 'must be a list');
}

export const text = word((value) => value.trim() !== '', 'must be text');
const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65535;
export const port = v.pipe(v.number('must be a port, 1 to 65535'), v.check(isPort, 'must be a port, 1 to 65535'));
export const natural = v.pipe(
  v.number('must be a whole number'),
  v.check((value) => Number.isInteger(value) && value >= 0, 'must be a whole number'),
);
