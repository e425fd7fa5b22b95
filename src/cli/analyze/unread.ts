/**
 * Captures that could not be read, where no report has a place for them.
 *
 * @module
 */

import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { isUnread } from '../../postmortem/verdict.ts';
import { escapeText } from '../../report/escape.ts';
import { unreadSentence } from '../../report/text/analysis-outcome.ts';
import { Failure } from '../../system/failure.ts';
import type { CommandIo } from '../io.ts';

/** @throws Failure `bad-file` with the reason when nothing of it could be read. */
export function requireRead(capture: AnalysedCapture): void {
  if (isUnread(capture)) throw new Failure('bad-file', unreadSentence(capture));
}

/** @throws Failure `usage` where a name is empty, which no file has. */
export function requireNames(files: readonly string[]): void {
  if (files.includes(''))
    throw new Failure('usage', 'Cannot read a file without a name', 'Is a variable of the shell empty?');
}

/** Each on a line of stderr, beside a list of what the others hold. */
export function tellUnread(captures: readonly AnalysedCapture[], io: Pick<CommandIo, 'stderr'>): void {
  for (const capture of captures.filter(isUnread)) io.stderr.write(`nsdiag: ${escapeText(unreadSentence(capture))}\n`);
}
