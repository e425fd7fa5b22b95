/**
 * What text is written for: how wide, and with or without colour. Passed in, so that a report is the same anywhere.
 *
 * @module
 */

import { createColors } from 'picocolors';
import { escapeText } from '../escape.ts';
import { wrap } from '../width.ts';

/** Every line keeps within this, even on a wider terminal: long lines are hard to read. Lines to paste are exempt. */
const MOST_COLUMNS = 80;
/** Narrower than this nothing fits; then lines are left to the terminal to break. */
const LEAST_COLUMNS = 40;

export interface Style {
  readonly columns: number;
  readonly colors: ReturnType<typeof createColors>;
}

/** @param columns How wide the terminal is. */
export function styleOf(color: boolean, columns: number): Style {
  return { columns: Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, columns)), colors: createColors(color) };
}

/**
 * A paragraph of unescaped text: its first line behind `label`, the others indented as far.
 *
 * @param label Harmless already, perhaps coloured: then `labelColumns` says how wide it is.
 */
export function paragraph(text: string, style: Style, label: string, labelColumns = label.length): string {
  const [first = '', ...rest] = wrap(escapeText(text), style.columns - labelColumns);
  const indent = ' '.repeat(labelColumns);
  return [label + first, ...rest.map((line) => indent + line)].join('\n');
}
