/**
 * A value as JSON to be printed: nothing in it that a terminal would obey.
 *
 * @module
 */

import { escapeJson } from './escape.ts';

/** The one document of a `--json`, to be read by people too. */
export function jsonText(document: unknown): string {
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`;
}

/** One of many documents. */
export function jsonLine(document: unknown): string {
  return `${escapeJson(JSON.stringify(document))}\n`;
}
