/**
 * What the pages are made of: commands with a copy button, tables, folds, pairs of a name and what it is.
 *
 * @module
 */

import { type Markup, type MarkupValue, markup } from './markup.ts';

/** A line to paste, as `shellLine` quoted it: shown whole, and copied as it is shown. */
export function command(line: string): Markup {
  return markup`<div class="command"><pre data-copied="">${line}</pre><button type="button" data-copy="" hidden>Copy</button></div>\n`;
}

/** Lines of which the spaces count: what a program printed. */
export function preformatted(text: string): Markup {
  return markup`<pre tabindex="0">${text}</pre>\n`;
}

/** What most readers do not need, one click away. */
export function fold(summary: MarkupValue, body: MarkupValue): Markup {
  return markup`<details class="fold"><summary>${summary}</summary>\n<div>${body}</div></details>\n`;
}

/** How a column is set: prose, a number (to the right), a name (never broken). */
export interface Column {
  readonly title: string;
  readonly kind: 'text' | 'number' | 'name';
}

/** One row: a cell a column; `bad` where it is what is wrong. */
export interface Row {
  readonly cells: readonly MarkupValue[];
  readonly tone?: 'bad' | undefined;
}

/** @param label What the table is, for those who do not see it; it scrolls sideways where the screen is narrow. */
export function table(label: string, columns: readonly Column[], rows: readonly Row[]): Markup {
  const head = columns.map(({ title }) => markup`<th scope="col">${title}</th>`);
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.map((row) => rowMarkup(columns, row))}</tbody>
</table></div>\n`;
}

function rowMarkup(
  columns: readonly Column[],
  { cells, tone = '' }: { cells: Row['cells']; tone?: string | undefined },
) {
  const tds = columns.map(({ kind }, index) => markup`<td class="${kind}">${cells[index]}</td>`);
  return markup`<tr class="${tone}">${tds}</tr>\n`;
}

/** Names and what they are, one below the other; what is `undefined` is left out. */
export function pairs(list: readonly (readonly [name: string, value: MarkupValue])[]): Markup {
  const shown = list.filter(([, value]) => value !== undefined);
  return markup`<dl>${shown.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>\n`;
}

/** A list with bullets; nothing for an empty one. */
export function bullets(items: readonly MarkupValue[]): Markup | undefined {
  return items.length === 0 ? undefined : markup`<ul>${items.map((item) => markup`<li>${item}</li>\n`)}</ul>\n`;
}
