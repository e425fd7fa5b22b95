/**
 * Names to pseudonyms that say of what kind the thing is: `ns-4f1a`, `veth-03be`, `chain-77c0`.
 *
 * @module
 */

import { type Keyed, keyedHex } from './keyed.ts';
import { commentPart, isKnownBeginning, isKnownWord, programPart } from './known-words.ts';

/** A name and what it is a name of: `ns`, `veth`, `chain`. */
export interface KnownName {
  readonly name: string;
  readonly kind: string;
}

/** IFNAMSIZ without the NUL: a pseudonym must be a name that a command can give to a device. */
const MOST_DEVICE_CHARACTERS = 15;
const FEWEST_DIGITS = 4;

/**
 * Each name with its pseudonym; those that stay are left out. One name has one pseudonym, whatever it is used for: the
 * first kind counts.
 *
 * @param beginnings With what rules name several devices (`acme+`): their pseudonyms begin alike.
 */
export function pseudonymsOf(
  names: readonly KnownName[],
  beginnings: readonly string[],
  keyed: Keyed,
): ReadonlyMap<string, string> {
  const pseudonyms = new Map<string, string>();
  const taken = new Set(names.map(({ name }) => name));
  const take = (name: string, made: (digits: string) => string): void => {
    for (let digits = FEWEST_DIGITS; ; digits++) {
      const pseudonym = made(keyedHex(keyed, `name ${name}`, digits));
      if (taken.has(pseudonym)) continue;
      taken.add(pseudonym);
      pseudonyms.set(name, pseudonym);
      return;
    }
  };
  const longestFirst = beginnings.toSorted((a, b) => b.length - a.length);
  for (const beginning of longestFirst) {
    if (!isKnownBeginning(beginning)) take(beginning, (digits) => `x${digits}-`);
  }
  for (const { name, kind } of names) {
    if (pseudonyms.has(name) || (kind === 'ns' ? name === 'host' : isKnownWord(name))) continue;
    const beginning = longestFirst.find((each) => name.startsWith(each) && each !== '');
    const kept = programPart(name);
    if (kept === name) continue;
    if (kept !== undefined) take(name, (digits) => kept + digits);
    else if (beginning === undefined) take(name, (digits) => `${kind}-${digits}`);
    else {
      const start = pseudonyms.get(beginning) ?? beginning;
      take(name, (digits) =>
        `${start}${digits}`.slice(0, Math.max(MOST_DEVICE_CHARACTERS, start.length + digits.length)),
      );
    }
  }
  for (const beginning of longestFirst) {
    const start = pseudonyms.get(beginning);
    if (start !== undefined) for (const sign of ['+', '*']) pseudonyms.set(beginning + sign, start + sign);
  }
  return pseudonyms;
}

/** What somebody wrote for people to read: nothing of it stays but which program wrote it. */
export function redactComment(comment: string, keyed: Keyed): string {
  if (comment === '') return comment;
  const kept = commentPart(comment);
  if (kept === comment) return comment;
  return `${kept ?? ''}text-${keyedHex(keyed, `text ${comment}`, FEWEST_DIGITS)}`;
}
