/**
 * `analyze --html`: the report as one page, to a file or to stdout.
 *
 * @module
 */

import type { Inquest } from '../../inquest/inquest.ts';
import type { Analysis } from '../../postmortem/analysis.ts';
import type { Volume } from '../../postmortem/volume.ts';
import { escapeText } from '../../report/escape.ts';
import { analyzePage } from '../../report/html/analyze-page.ts';
import { Failure } from '../../system/failure.ts';
import { writeWhole } from '../../system/write-whole.ts';
import type { CommandIo } from '../io.ts';
import { pageOrigin } from '../page-origin.ts';
import { lookAgain } from './second-look.ts';

export interface PageOptions {
  readonly html?: string;
  readonly json?: boolean;
  readonly snapshot?: readonly string[];
}

/** @throws Failure `usage` where stdout would hold two things. */
export function requireOneOutput({ html, json = false }: PageOptions): void {
  if (html !== '-' || !json) return;
  throw new Failure('usage', 'Cannot print the page: --json prints a document there', 'Give --html a file');
}

/** @throws Failure `bad-file` when it cannot be written; then an older page is still there. */
export async function writePage(
  io: CommandIo,
  files: readonly string[],
  { html = '-', snapshot = [] }: PageOptions,
  analysis: Analysis,
  inquest: Inquest | undefined,
  volumes: readonly Volume[],
): Promise<void> {
  const second = await lookAgain(analysis, io);
  const given = snapshot.flatMap((file) => ['--snapshot', file]);
  const origin = pageOrigin(['nsdiag', 'analyze', ...files, ...given, '--html', html]);
  const text = analyzePage({ analysis, inquest, volumes, second }, origin);
  if (html === '-') io.stdout.write(text);
  else {
    writeWhole(html, text);
    io.stderr.write(`nsdiag: the page is in ${escapeText(html)}\n`);
  }
}
