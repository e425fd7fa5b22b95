/**
 * What stands below a heading: a label in colour, and a text that is broken within its own column.
 *
 * @module
 */

import { paragraph, type Style } from './style.ts';

/** In front of every text, its indent among them. */
export const LABEL_COLUMNS = 10;

/** @param name At most seven characters; none where the text goes on with what the line above began. */
export function labelled(name: string, text: string, style: Style): string {
  return paragraph(text, style, label(name, style), LABEL_COLUMNS);
}

/** For a text that is not to be broken. */
export function label(name: string, style: Style): string {
  return `  ${style.colors.cyan(name.padEnd(LABEL_COLUMNS - 2))}`;
}
