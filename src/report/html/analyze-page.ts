/**
 * Saved captures as one page to attach to a ticket: outcome, the way from point to point, the timeline, the findings with
 * their frames, the flows, and the flows that findings are about packet by packet. It says what the text says, in the same
 * words.
 *
 * @module
 */

import type { AnalysisVerdict } from '../../postmortem/verdict.ts';
import { isoTime } from '../iso-time.ts';
import { analysisOutcome } from '../text/analysis-outcome.ts';
import { filesMarkup } from './analyze-files.ts';
import { findingsMarkup } from './analyze-findings.ts';
import { FLOWS_SCRIPT, FLOWS_STYLE, flowsMarkup, sequencesMarkup } from './analyze-flows.ts';
import type { AnalyzePage } from './analyze-look.ts';
import { POINTS_STYLE, pointsMarkup } from './analyze-points.ts';
import { TIMELINE_STYLE, timelineMarkup } from './analyze-timeline.ts';
import { type Markup, markup } from './markup.ts';
import { type PageOrigin, pageText, type Section } from './page.ts';

const TONE: Readonly<Record<AnalysisVerdict, string>> = {
  fine: 'good',
  findings: 'bad',
  unread: 'unsure',
  'nothing-to-judge': 'unsure',
};
const MARK: Readonly<Record<AnalysisVerdict, string>> = {
  fine: '✓',
  findings: '✗',
  unread: '?',
  'nothing-to-judge': '?',
};

/** The whole file. */
export function analyzePage(page: AnalyzePage, origin: PageOrigin): string {
  const { analysis, inquest, second } = page;
  const { captures, findings, points } = analysis;
  const { verdict, sentence } = analysisOutcome(analysis, inquest);
  const flows = captures.reduce((sum, each) => sum + each.flows.count, 0);
  const section = (id: string, title: string, body: Markup | undefined, over: Partial<Section> = {}) =>
    body === undefined ? [] : [{ id, title, body, ...over }];
  return pageText(
    {
      title: `${MARK[verdict]} ${sentence}`,
      lead: lead(page),
      sections: [
        ...section('points', 'From point to point', points && pointsMarkup(points)),
        ...section('timeline', 'Timeline', timelineMarkup(page)),
        ...section('findings', 'Findings', findingsMarkup(page), { note: String(findings.length) }),
        ...section('flows', 'Flows', flowsMarkup(captures, second), { note: String(flows) }),
        ...section('sequences', 'Packet by packet', sequencesMarkup(page)),
        ...section('files', 'What was read', filesMarkup(page)),
      ],
      styles: [POINTS_STYLE, TIMELINE_STYLE, FLOWS_STYLE],
      scripts: [FLOWS_SCRIPT],
    },
    origin,
  );
}

function lead({ analysis, inquest }: AnalyzePage): Markup {
  const { verdict, sentence, more } = analysisOutcome(analysis, inquest);
  const times = analysis.captures.flatMap(({ firstNs }) => firstNs ?? []).toSorted((a, b) => Number(a - b));
  const [first] = times;
  const from = first === undefined ? '' : `, from ${isoTime(first).slice(0, 19).replace('T', ' ')} UTC`;
  const names = analysis.captures.map(({ path }) => path);
  const shown = names.length > 4 ? `${names.length} files` : names.join(', ');
  return markup`<h1><span class="${TONE[verdict]}">${MARK[verdict]}</span> ${sentence}</h1>
${more.map((each) => markup`<p>${each}</p>\n`)}<p class="faint">${shown}${from}</p>`;
}
