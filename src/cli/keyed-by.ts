/**
 * The key of a redaction: a word that was given, or one that nobody knows.
 *
 * @module
 */

import { createHmac, randomBytes } from 'node:crypto';
import type { Keyed } from '../redact/keyed.ts';

/** @param word The same word makes the same replacements; without one, nobody can find out what was replaced by what. */
export function keyedBy(word: string | undefined): Keyed {
  const key = word ?? randomBytes(32);
  return (text) => createHmac('sha256', key).update(text, 'utf8').digest();
}
