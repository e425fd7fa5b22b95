/**
 * What was read: a row a capture, what was not looked into, and the snapshot that the model was asked of.
 *
 * @module
 */

import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { isUnread } from '../../postmortem/verdict.ts';
import { isoTime } from '../iso-time.ts';
import { whyUnread } from '../text/analysis-outcome.ts';
import { sizeText } from '../text/read.ts';
import { snapshotSentences } from '../text/snapshot-line.ts';
import type { AnalyzePage } from './analyze-look.ts';
import { type Markup, markup } from './markup.ts';
import { type Column, type Row, table } from './parts.ts';

/** The others are counted: a page is for reading. */
const MOST_FILES = 100;

const COLUMNS: readonly Column[] = [
  { title: 'file', kind: 'text' },
  { title: 'format', kind: 'name' },
  { title: 'packets', kind: 'number' },
  { title: 'flows', kind: 'number' },
  { title: 'size', kind: 'number' },
  { title: 'from (UTC)', kind: 'name' },
  { title: 'for', kind: 'number' },
  { title: '', kind: 'text' },
];

export function filesMarkup({ analysis: { captures, notes }, inquest }: AnalyzePage): Markup {
  const more = captures.length - MOST_FILES;
  const unread = captures.flatMap(({ path, notRead }) =>
    [...notRead].map(([what, packets]) => ({ cells: [path, what, packets] })),
  );
  return markup`${table('Files', COLUMNS, captures.slice(0, MOST_FILES).map(fileRow))}
${more > 0 ? markup`<p class="faint">And ${more} more.</p>` : ''}
${unread.length === 0 ? '' : markup`<h3>Not looked into</h3>${table('Not looked into', UNREAD_COLUMNS, unread.slice(0, MOST_FILES))}`}
${notes.map((note) => markup`<p>${note}.</p>\n`)}${inquest === undefined ? '' : snapshotSentences(inquest).map((line) => markup`<p>${line}.</p>\n`)}`;
}

const UNREAD_COLUMNS: readonly Column[] = [
  { title: 'file', kind: 'text' },
  { title: 'what', kind: 'text' },
  { title: 'packets', kind: 'number' },
];

function fileRow(capture: AnalysedCapture): Row {
  const { path, summary, flows, firstNs, lastNs } = capture;
  const { format, packets, bytes, problem } = summary;
  if (isUnread(capture)) return { tone: 'bad', cells: [path, '', '', '', sizeText(bytes), '', '', whyUnread(capture)] };
  const from = firstNs === undefined ? '' : isoTime(firstNs).slice(0, 19).replace('T', ' ');
  const seconds =
    firstNs === undefined || lastNs === undefined ? '' : `${(Number(lastNs - firstNs) / 1e9).toFixed(3)} s`;
  const wrong = problem && `at byte ${problem.offset}, packet ${problem.record}: ${problem.message}`;
  return {
    tone: wrong === undefined ? undefined : 'bad',
    cells: [path, format, packets, flows.count, sizeText(bytes), from, seconds, wrong],
  };
}
