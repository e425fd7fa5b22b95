/**
 * The accuracy table of README.md, between two markers.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import type { Judged } from './log.ts';
import { COLUMNS, rowsOf, totalsOf } from './tally.ts';

const BEGIN = '<!-- accuracy: written by npm run accuracy -- --write-readme -->';
const END = '<!-- accuracy: end -->';

/** Put what a run has shown into a README. @throws Error when the markers are not there. */
export function writeReadme(file: string, command: string, all: readonly Judged[]): void {
  const text = readFileSync(file, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${file} has no ${BEGIN} with ${END} behind it`);
  const kernel = release().split(/[^\d.]/)[0];
  const lines = [
    BEGIN,
    `\`${command}\`, on Linux ${kernel}:`,
    '',
    ...totalsOf(all).map((line) => `- ${line}`),
    '',
    '<details><summary>by kind of fault</summary>',
    '',
    `| ${COLUMNS.join(' | ')} |`,
    `|${COLUMNS.map(() => '---').join('|')}|`,
    ...rowsOf(all).map((row) => `| ${row.join(' | ')} |`),
    '',
    '</details>',
    '',
  ];
  writeFileSync(file, text.slice(0, begin) + lines.join('\n') + text.slice(end));
}
