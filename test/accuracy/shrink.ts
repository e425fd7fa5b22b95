/**
 * From a case that was answered wrongly to the smallest one that still is.
 *
 * @module
 */

import { type Case, smaller } from './cases.ts';

/** Steps down as long as one of the smaller cases fails too. */
export async function shrink(failing: Case, fails: (tried: Case) => Promise<boolean>): Promise<Case> {
  for (const candidate of smaller(failing)) {
    if (await fails(candidate)) return shrink(candidate, fails);
  }
  return failing;
}
