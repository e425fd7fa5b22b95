/**
 * A diagnosis for a person: outcome, fix, causes, path, what was looked at; in the order in which somebody with an
 * outage needs them. The grammar of the lines stands in ../README.md.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { causesText } from './causes.ts';
import { lookedText } from './looked.ts';
import { fixText, outcomeText } from './outcome.ts';
import { pathText } from './path.ts';
import type { Style } from './style.ts';

/** @param runIt The command that would run the fix; `undefined` where nothing can be run, as on a snapshot. */
export function diagnosisText(diagnosis: Diagnosis, style: Style, runIt: readonly string[] | undefined): string {
  const blocks = [
    outcomeText(diagnosis, style),
    fixText(diagnosis, style, runIt),
    causesText(diagnosis, style),
    pathText(diagnosis, style),
    lookedText(diagnosis, style),
  ];
  return `${blocks.filter((block) => block !== undefined).join('\n\n')}\n`;
}
