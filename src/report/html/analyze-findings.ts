/**
 * The findings: what happened, what it means, the frames that show it with what is in them, and the cause and the
 * commands that the model of a snapshot gives.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Answer } from '../../inquest/inquest.ts';
import type { Finding, Severity } from '../../postmortem/finding.ts';
import type { Frame } from '../../postmortem/frame.ts';
import { decodePacket } from '../../wire/decode-packet.ts';
import { describePacket } from '../../wire/describe.ts';
import { hexDump } from '../hex-dump.ts';
import { isoTime } from '../iso-time.ts';
import { provenText } from '../text/outcome.ts';
import { flowId } from './analyze-flows.ts';
import { type AnalyzePage, frameKey } from './analyze-look.ts';
import { type Markup, markup } from './markup.ts';
import { type Column, fold, pairs, preformatted, type Row, table } from './parts.ts';
import { causesMarkup } from './why-causes.ts';
import { commandsMarkup } from './why-fix.ts';

const TONE: Readonly<Record<Severity, string>> = { error: 'bad', warning: 'unsure', note: 'faint' };
/** With all that belongs to them; of the others the sentence. */
const MOST_IN_FULL = 100;

/** @param at Of the analysis. @returns What links lead to. */
export function findingId(at: number): string {
  return `finding-${at + 1}`;
}

/** @returns `undefined` when there is none. */
export function findingsMarkup(page: AnalyzePage): Markup | undefined {
  const { findings } = page.analysis;
  if (findings.length === 0) return undefined;
  const told = new Map<string, string>();
  const full = findings.slice(0, MOST_IN_FULL).map((finding, at) => findingMarkup(finding, at, page, told));
  const others = findings.slice(MOST_IN_FULL, 10 * MOST_IN_FULL);
  return markup`${full}${others.map(({ code, severity, what }) => markup`<p><span class="tag ${TONE[severity]}">${severity}</span> <span class="mono">${code}</span> ${what}</p>\n`)}`;
}

function findingMarkup(finding: Finding, at: number, page: AnalyzePage, told: Map<string, string>): Markup {
  const { code, severity, what, why, likely, confirm, cannotTell, echoes = [], alsoIn = [] } = finding;
  const answer = page.inquest?.answers.get(finding);
  const flow = page.second.flows.get(finding);
  const isExplained = answer?.kind === 'explained';
  return markup`<article id="${findingId(at)}">
<h3><span class="tag ${TONE[severity]}">${severity}</span> <span class="mono">${code}</span></h3>
<p>${what}</p>
${pairs([
  ['why', why],
  ['likely', isExplained || likely.length === 0 ? undefined : likely.join(', ')],
  ['confirm', isExplained ? undefined : confirm],
  ['unseen', isExplained ? undefined : cannotTell],
  [
    'also',
    echoes.length === 0
      ? undefined
      : markup`${echoes.map(({ code: of, what: sees }) => markup`<p><span class="mono">${of}</span> ${sees}</p>`)}`,
  ],
  [
    'also in',
    alsoIn.length === 0 ? undefined : alsoIn.map(({ capture }) => page.analysis.captures[capture]?.path).join(', '),
  ],
  ['packet by packet', flow && markup`<a href="#${flowId(flow)}">flow ${flow.number}</a>`],
  ['model', answer === undefined || answer.kind === 'explained' ? undefined : answer.why],
])}
${answer?.kind === 'explained' ? explained(answer, findingId(at), told) : ''}
${framesMarkup(finding, page)}
</article>\n`;
}

/** The causes as the page of `why` shows them; a second finding of the same causes leads to the first. */
function explained(
  { diagnosis }: Extract<Answer, { kind: 'explained' }>,
  id: string,
  told: Map<string, string>,
): Markup {
  const key = JSON.stringify(diagnosis.causes.map(({ finding }) => [finding.code, finding.netns, finding.what]));
  const before = told.get(key);
  if (before !== undefined) return markup`<p>The model names the same cause as <a href="#${before}">above</a>.</p>`;
  told.set(key, id);
  return markup`<p>By the model of the snapshot: ${diagnosis.summary}.</p>
${fixMarkup(diagnosis)}
${fold('Cause and evidence', causesMarkup(diagnosis))}`;
}

function fixMarkup(diagnosis: Diagnosis): Markup {
  const commands = diagnosis.causes.flatMap(({ fix }) => fix);
  if (commands.length === 0) return markup`<p class="faint">No command repairs this.</p>`;
  const order = commands.length === 1 ? 'As root.' : 'As root, in this order.';
  return markup`<p>${order} ${provenText(diagnosis)}</p>${commandsMarkup(commands)}`;
}

const FRAME_COLUMNS: readonly Column[] = [
  { title: 'frame', kind: 'name' },
  { title: 'time (UTC)', kind: 'name' },
  { title: 'packet', kind: 'text' },
];

function framesMarkup({ frames, count }: Finding, page: AnalyzePage): Markup {
  const more = count - frames.length;
  return markup`${table(
    'Frames',
    FRAME_COLUMNS,
    frames.map((frame) => frameRow(frame, page)),
  )}
${more > 0 ? markup`<p class="faint">And ${more} more that show it.</p>` : ''}`;
}

function frameRow(frame: Frame, { analysis: { captures }, second }: AnalyzePage): Row {
  const capture = captures[frame.capture];
  const where = captures.length > 1 ? `${capture?.path}:${frame.number}` : `#${frame.number}`;
  const shown = second.frames.get(frameKey(frame));
  const time = isoTime(frame.timestampNs).slice(11, -1);
  if (shown === undefined) return { cells: [where, time, ''] };
  const { bytes, capturedBytes, originalBytes, interfaceId } = shown;
  const captured = capture?.interfaces[interfaceId];
  const text = describePacket(decodePacket(bytes, captured?.linkType ?? -1));
  const size = capturedBytes < originalBytes ? `${capturedBytes} of ${originalBytes} bytes` : `${originalBytes} bytes`;
  const left = bytes.length < capturedBytes ? `\n... ${capturedBytes - bytes.length} bytes more` : '';
  const at = captured?.name === undefined ? '' : ` at ${captured.name}`;
  return { cells: [where, time, fold(`${text}, ${size}${at}`, preformatted(hexDump(bytes) + left))] };
}
