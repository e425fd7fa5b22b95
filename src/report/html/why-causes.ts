/**
 * Every cause: what is wrong and where, the kernel's rule, what each witness shows, and the other ways to repair it.
 *
 * @module
 */

import type { Cause, Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Evidence } from '../../faults/finding.ts';
import { shellLine } from '../shell-quote.ts';
import { type Markup, markup } from './markup.ts';
import { type Column, fold, type Row, table } from './parts.ts';
import { commandsMarkup } from './why-fix.ts';

/** @returns `undefined` when there is none. */
export function causesMarkup({ causes }: Diagnosis): Markup | undefined {
  return causes.length === 0 ? undefined : markup`${causes.map(causeMarkup)}`;
}

function causeMarkup({ finding, fix, alternatives }: Cause, index: number, causes: readonly Cause[]): Markup {
  const { code, title, leg, netns, device, what, why, evidence } = finding;
  const place = device === undefined ? netns : `${netns} ${device}`;
  const number = causes.length === 1 ? '' : `${index + 1}. `;
  return markup`<h3>${number}<span class="bad mono">${code}</span> ${title}</h3>
<p><span class="tag">${leg}</span> <span class="tag">${place}</span> ${what}</p>
<p>${why}</p>
${table('Evidence', evidenceColumns(evidence), evidence.map(evidenceRow))}
${fix.length === 0 ? markup`<p class="faint">No command repairs this.</p>` : ''}
${alternatives.map(({ intent, fix: other }) => fold(markup`Or: ${intent}`, commandsMarkup(other)))}
<p class="faint">More of it: <code>nsdiag explain ${code}</code></p>\n`;
}

function evidenceColumns(evidence: readonly Evidence[]): readonly Column[] {
  return [
    { title: 'witness', kind: 'name' },
    { title: 'shows', kind: 'text' },
    ...(evidence.some(({ command }) => command !== undefined) ? [{ title: 'asked by', kind: 'text' } as const] : []),
  ];
}

function evidenceRow({ witness, text, command }: Evidence): Row {
  const lines = text.split('\n').map((line) => markup`<div>${line}</div>`);
  return { cells: [witness, lines, command === undefined ? undefined : markup`<code>${shellLine(command)}</code>`] };
}
