/**
 * `why --html`: the answer as one page, to a file or to stdout.
 *
 * @module
 */

import { whyPage } from '../../report/html/why-page.ts';
import { whyPicture } from '../../report/html/why-picture.ts';
import { writeWhole } from '../../system/write-whole.ts';
import type { CommandIo } from '../io.ts';
import { pageOrigin } from '../page-origin.ts';
import type { Answer } from './ground.ts';
import { pathFacts } from './path-facts.ts';

/** Where the page goes, and the words that asked for it. */
export interface PageRequest {
  /** `-`: to stdout, in the place of the text. */
  readonly file: string;
  readonly commandLine: readonly string[];
}

/** @throws Failure `bad-file` when it cannot be written; then an older page is still there. */
export async function writePage(io: CommandIo, { file, commandLine }: PageRequest, answer: Answer): Promise<void> {
  const { diagnosis, host, recording, shown } = answer;
  const origin = pageOrigin(commandLine.map(shown));
  const text = whyPage(
    {
      diagnosis,
      picture: await whyPicture(host, diagnosis),
      facts: recording === undefined ? [] : pathFacts(recording, diagnosis),
      asOf: recording?.takenAt ?? origin.madeAt,
    },
    origin,
  );
  if (file === '-') io.stdout.write(text);
  else writeWhole(file, text);
}
