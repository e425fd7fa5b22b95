/**
 * The findings of saved captures: each with its frames, what it may be and what would confirm it. What does not fit a
 * person's patience is counted, and `--json` has all of it.
 *
 * @module
 */

import type { Answer, Inquest } from '../../inquest/inquest.ts';
import type { Analysis } from '../../postmortem/analysis.ts';
import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { counted } from '../../postmortem/counted.ts';
import type { Finding, Severity } from '../../postmortem/finding.ts';
import { escapeText } from '../escape.ts';
import { isoTime } from '../iso-time.ts';
import { answerLines } from './answer.ts';
import { paragraph, type Style } from './style.ts';

/** With all that belongs to them; of the others a line each. */
const MOST_IN_FULL = 12;
const MOST_LINES = 20;
const MOST_ECHOES = 5;
/** Names of other captures. */
const MOST_ALSO = 3;

const HEADS: Readonly<Record<Severity, string>> = { error: 'Error', warning: 'Warning', note: 'Note' };

/** A block each, those that are only named together in one. */
export function findingsText(
  { findings, captures }: Analysis,
  style: Style,
  inquest?: Pick<Inquest, 'answers'>,
): readonly string[] {
  const told = new Set<string>();
  const full = findings
    .slice(0, MOST_IN_FULL)
    .map((finding) => findingText(finding, captures, style, told, inquest?.answers.get(finding)));
  const brief = findings.slice(MOST_IN_FULL, MOST_IN_FULL + MOST_LINES).map((finding) => head(finding, style));
  const more = findings.length - full.length - brief.length;
  if (more > 0) brief.push(`And ${counted(more, 'finding')} more, with --json.`);
  return brief.length === 0 ? full : [...full, brief.join('\n')];
}

/** @param told Reasons that were given already; one is enough. */
function findingText(
  finding: Finding,
  captures: readonly AnalysedCapture[],
  style: Style,
  told: Set<string>,
  answer: Answer | undefined,
): string {
  const { why, frames, count, likely, confirm, cannotTell } = finding;
  const shown = frames.map((frame) => frameText(frame, captures));
  const more = count > frames.length ? `, and ${count - frames.length} more` : '';
  const line = (label: string, text: string | undefined): readonly string[] => {
    if (text === undefined || text === '') return [];
    if (label !== 'frames' && told.has(`${label} ${text}`)) return [];
    told.add(`${label} ${text}`);
    return [paragraph(text, style, `  ${style.colors.dim(label.padEnd(8))}`, 10)];
  };
  return [
    head(finding, style),
    ...line('why', why),
    ...line('frames', `${shown.join(', ')}${more}${alsoText(finding, captures)}`),
    ...echoLines(finding).flatMap((text) => line('also', text)),
    // What may be stands back behind what the model found.
    ...(answer?.kind === 'explained' ? [] : [...line('likely', likely.join(', ')), ...line('confirm', confirm)]),
    ...(answer === undefined ? [] : answerLines(answer, style, told)),
    ...(answer?.kind === 'explained' ? [] : line('unseen', cannotTell)),
  ].join('\n');
}

function head({ code, severity, what }: Finding, style: Style): string {
  const { red, yellow, dim } = style.colors;
  const paint = { error: red, warning: yellow, note: dim }[severity];
  const label = `${HEADS[severity]}: `;
  // Within the paragraph, so that it breaks where the text does; coloured once it is broken.
  const text = paragraph(`${code}: ${what}`, style, label);
  return paint(label.trimEnd()) + text.slice(label.length - 1);
}

/** Each of what is told with it. */
function echoLines({ echoes = [] }: Finding): readonly string[] {
  const shown = echoes.slice(0, MOST_ECHOES).map(({ code, what }) => `${code}: ${what}`);
  const more = echoes.length - shown.length;
  return more > 0 ? [...shown, `and ${counted(more, 'finding')} more, with --json`] : shown;
}

function alsoText({ alsoIn = [] }: Finding, captures: readonly AnalysedCapture[]): string {
  const shown = alsoIn.slice(0, MOST_ALSO).map(({ capture }) => captures[capture]?.path ?? '');
  if (shown.length === 0) return '';
  const more = alsoIn.length - shown.length;
  return escapeText(`; also in ${shown.join(', ')}${more > 0 ? ` and ${counted(more, 'file')} more` : ''}`);
}

/** `#7 (01:02:03.000000004)`, and of several captures `a.pcap:7 (...)`, as `--packet` takes it. */
function frameText({ capture, number, timestampNs }: Finding['frames'][number], captures: readonly AnalysedCapture[]) {
  const where = captures.length > 1 ? `${captures[capture]?.path}:${number}` : `#${number}`;
  return escapeText(`${where} (${isoTime(timestampNs).slice(11, -4)})`);
}
