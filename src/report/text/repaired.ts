/**
 * What came of running the fix.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { shellLine } from '../shell-quote.ts';
import { diagnosisText } from './diagnosis.ts';
import { outcomeText } from './outcome.ts';
import type { Style } from './style.ts';

/** One command that was run. */
export function ranText(argv: readonly string[], wentWell: boolean, style: Style): string {
  const { green, red } = style.colors;
  return `${wentWell ? green('ran   ') : red('failed')}  ${shellLine(argv)}\n`;
}

/** The answer to the same question, asked again: one sentence when all is well, the whole report when not. */
export function repairedText(after: Diagnosis, style: Style): string {
  if (after.verdict === 'reachable') return `${outcomeText(after, style)}\n`;
  return `The fix did not do it. Looked at again:\n\n${diagnosisText(after, style, undefined)}`;
}
