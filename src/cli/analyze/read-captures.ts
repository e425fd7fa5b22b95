/**
 * Files to analysed captures, one after the other.
 *
 * @module
 */

import { type AnalysedCapture, CaptureAnalysis } from '../../postmortem/capture-analysis.ts';
import { observersOf } from '../../postmortem/observers/all.ts';
import { feedFile } from '../../system/feed-file.ts';
import type { CommandIo } from '../io.ts';

/** @throws Failure when one cannot be opened or read. */
export async function readCaptures(files: readonly string[], io: CommandIo): Promise<readonly AnalysedCapture[]> {
  const captures: AnalysedCapture[] = [];
  for (const [index, file] of files.entries()) {
    const analysis = new CaptureAnalysis(file, observersOf(index));
    const { problem } = await feedFile(file, analysis.reader, { signal: io.signal });
    captures.push(analysis.finish(problem));
  }
  return captures;
}
