/**
 * The grammar of lines that README.md of src/report promises, over the golden reports.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('golden/', import.meta.url);
const REPORTS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')] as const);

/** What a line of each block looks like. */
const LINE = [
  /^[✓✗?] /,
  /^Fix(, as root(, in this order)?\.|:) /,
  /^ {4}\S/,
  /^Or let nsdiag /,
  /^Cause( \d+)?: /,
  /^ {2}(why|model|kernel|wire|fix|besides|or) +\S/,
  /^Path {5}where/,
  /^(request {2}|reply {4}| {9})\S/,
  /^Notes$/,
  /^- /,
  /^(Compare |Wire {4}|Kernel {2}|Looked {2}|Unseen {2})/,
  // What a line could not hold goes on below, as far to the right as its text began.
  /^ {2}\S/,
  /^ {7,24}\S/,
  /^$/,
];

test('the golden reports are there', () => {
  expect(REPORTS.length).toBeGreaterThanOrEqual(5);
});

test.each(REPORTS)('%s has no line that the grammar does not know', (_, text) => {
  expect(text.split('\n').filter((line) => !LINE.some((pattern) => pattern.test(line)))).toEqual([]);
});

test.each(REPORTS)('%s has one outcome, in its first line', (_, text) => {
  expect(text.match(/^[✓✗?]/gm)).toHaveLength(1);
  expect(text).toMatch(/^[✓✗?] /);
});
