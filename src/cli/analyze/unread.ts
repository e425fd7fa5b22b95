/**
 * Captures that could not be read, where no report has a place for them.
 *
 * @module
 */

import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { isUnread } from '../../postmortem/verdict.ts';
import { escapeText } from '../../report/escape.ts';
import { whyUnread } from '../../report/text/analysis-outcome.ts';
import { Failure } from '../../system/failure.ts';
import type { CommandIo } from '../io.ts';

/** @throws Failure `bad-file` with the reason when nothing of it could be read. */
export function requireRead(capture: AnalysedCapture): void {
  if (isUnread(capture)) throw new Failure('bad-file', sentence(capture));
}

/** Each on a line of stderr, beside a list of what the others hold. */
export function tellUnread(captures: readonly AnalysedCapture[], io: Pick<CommandIo, 'stderr'>): void {
  for (const capture of captures.filter(isUnread)) io.stderr.write(`nsdiag: ${escapeText(sentence(capture))}\n`);
}

function sentence(capture: AnalysedCapture): string {
  return `Cannot read ${capture.path}: ${whyUnread(capture)}`;
}
