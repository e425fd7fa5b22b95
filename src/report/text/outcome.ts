/**
 * The first lines of a report: does it get there, and what to run.
 *
 * @module
 */

import type { Diagnosis, Verdict } from '../../diagnosis/diagnosis.ts';
import { shellLine } from '../shell-quote.ts';
import { paragraph, type Style } from './style.ts';

/** Where there is a cause without a command. */
export const NO_FIX = 'No command repairs this. What is wrong is said below.';

/** Stands before the summary. */
export const MARK: Readonly<Record<Verdict, string>> = { reachable: '✓', unreachable: '✗', undecided: '?' };

/** The sentence that a person reads first; `grep '^[✓✗?]'` finds it. */
export function outcomeText({ verdict, summary }: Diagnosis, style: Style): string {
  const { green, red, yellow, bold } = style.colors;
  const paint = { reachable: green, unreachable: red, undecided: yellow }[verdict];
  const [first = '', ...rest] = paragraph(summary, style, '  ').split('\n');
  return [`${paint(MARK[verdict])} ${bold(first.trimStart())}`, ...rest.map(bold)].join('\n');
}

/** The commands to paste, each on a line of its own that is never broken. @returns `undefined` when nothing is wrong. */
export function fixText(diagnosis: Diagnosis, style: Style, runIt: readonly string[] | undefined): string | undefined {
  const { causes, proof } = diagnosis;
  if (causes.length === 0) return undefined;
  const commands = causes.flatMap(({ fix }) => fix);
  if (commands.length === 0) return paragraph(NO_FIX, style, 'Fix: ');

  const order = commands.length === 1 ? '' : ', in this order';
  const lines = [
    paragraph(provenText(diagnosis), style, `Fix, as root${order}. `),
    '',
    ...commands.map(({ argv }) => `    ${style.colors.bold(shellLine(argv))}`),
  ];
  if (runIt !== undefined && proof !== undefined)
    lines.push('', `Or let nsdiag run it and look again: ${shellLine(runIt)}`);
  return lines.join('\n');
}

/** How far the fix was walked. */
export function provenText({ proof, question }: Diagnosis): string {
  return proof === undefined
    ? 'The model does not get the packet there with it alone: see the notes.'
    : `Walked on the model: ${question.netns} then reaches ${question.destination}.`;
}
