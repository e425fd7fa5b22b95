/**
 * What came of a file of expectations, for every form in which it is told.
 *
 * @module
 */

import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Held } from '../diagnosis/expectation.ts';

/** One expectation, and what came of it. */
export interface CheckResult {
  readonly name: string;
  /** Where it stands in its file. */
  readonly line: number;
  readonly held: Held | { readonly kind: 'not-asked'; readonly because: string };
  /** `undefined` when it could not be asked. */
  readonly diagnosis: Diagnosis | undefined;
  readonly tookMs: number;
}

/** All of a file. */
export interface CheckRun {
  readonly file: string;
  /** When it began, RFC 3339. */
  readonly at: string;
  readonly results: readonly CheckResult[];
}

/** How many of each kind. */
export function tallyOf(results: readonly CheckResult[]) {
  const count = (kind: CheckResult['held']['kind']) => results.filter(({ held }) => held.kind === kind).length;
  return { holds: count('holds'), fails: count('fails'), undecided: count('undecided'), notAsked: count('not-asked') };
}

/** Why it does not hold; `undefined` when it does. */
export function becauseOf({ held }: CheckResult): string | undefined {
  return held.kind === 'holds' ? undefined : held.because;
}

/** One sentence without a full stop. */
export function checkSummary({ results, file }: CheckRun): string {
  const { holds, fails, undecided, notAsked } = tallyOf(results);
  if (holds === results.length)
    return holds === 1 ? `The one expectation of ${file} holds` : `All ${holds} expectations of ${file} hold`;
  const parts = [
    ...(fails === 0 ? [] : [`${fails} of ${results.length} expectations ${fails === 1 ? 'does' : 'do'} not hold`]),
    ...(notAsked === 0 ? [] : [`${notAsked} could not be asked`]),
    ...(undecided === 0 ? [] : [`of ${undecided} nobody can tell`]),
  ];
  return `${file}: ${parts.join(', ')}`;
}
