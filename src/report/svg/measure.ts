/**
 * How large text is in a picture, and what is drawn around it. All lengths in px.
 *
 * A viewer's own monospace font is a little wider or narrower than this; the margins take that up.
 *
 * @module
 */

import { displayWidth } from '../width.ts';
import type { Chip } from './drawing.ts';

/** 12 px DejaVu Sans Mono, the widest of the usual ones: 0.602 em. */
const COLUMN = 7.23;
export const LINE_HEIGHT = 16;
export const MARGIN = 8;
/** The title of a box, above its chips. */
export const TITLE_HEIGHT = 30;

/** The width of a line of text that is escaped already. */
export function textWidth(text: string): number {
  return Math.ceil(displayWidth(text) * COLUMN);
}

/** The size of a chip: the name and its kind share the first line. */
export function chipSize({ texts }: Chip): { readonly width: number; readonly height: number } {
  const rows = rowsOf(texts.map(({ text, as }) => ({ width: textWidth(text), isBeside: as === 'kind' })));
  return { width: Math.max(...rows, 40) + 2 * MARGIN, height: rows.length * LINE_HEIGHT + MARGIN };
}

function rowsOf(texts: readonly { readonly width: number; readonly isBeside: boolean }[]): readonly number[] {
  const rows: number[] = [];
  for (const { width, isBeside } of texts) {
    if (isBeside && rows.length > 0) rows.push((rows.pop() ?? 0) + COLUMN + width);
    else rows.push(width);
  }
  return rows;
}
