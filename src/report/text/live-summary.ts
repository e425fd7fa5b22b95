/**
 * What `nsdiag capture` says in the end: the outcome, the hops, what was lost and why, and how much was looked at.
 *
 * @module
 */

import { counted } from '../../postmortem/counted.ts';
import type { HopSummary } from '../../postmortem/live/journey.ts';
import { escapeText } from '../escape.ts';
import type { LiveSummary } from '../live-json.ts';
import { displayWidth, padTo } from '../width.ts';
import { answerLines } from './answer.ts';
import { labelled } from './labelled.ts';
import { durationText } from './points.ts';
import { paragraph, type Style } from './style.ts';

/** With their cause; of the others a line each, and beyond that a count. */
const MOST_GROUPS = 8;
const MOST_HOPS = 40;
const SIGN = { arrived: '✓', lost: '✗', undecided: '?' } as const;

export function liveSummaryText(summary: LiveSummary, style: Style): string {
  const told = new Set<string>();
  const blocks = [
    [outcome(summary, style)],
    hopLines(summary.hops, style),
    groupLines(summary.lost, (group) => lostText(group), style, told),
    groupLines(summary.unanswered, (group) => silentText(group), style, told),
    summary.notes.map((note, at) => paragraph(note, style, at === 0 ? 'Notes   ' : '        ')),
    lookedLines(summary, style),
  ];
  return `${blocks
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function outcome({ verdict, summary }: LiveSummary, style: Style): string {
  const { green, red, yellow, bold } = style.colors;
  const paint = { arrived: green, lost: red, undecided: yellow }[verdict];
  const sign = SIGN[verdict];
  return bold(paint(paragraph(summary, style, `${sign} `)));
}

export function lostText({ packets, text, lastSeen, where }: LiveSummary['lost'][number]): string {
  const next = where === undefined ? 'and nowhere after' : `not at ${where}`;
  return `Lost: ${packets.toLocaleString('en')} × ${text}: last seen at ${lastSeen}, ${next}`;
}

export function silentText({ packets, text, lastSeen }: LiveSummary['lost'][number]): string {
  return `No answer: ${packets.toLocaleString('en')} × ${text}: it got as far as ${lastSeen}`;
}

function groupLines(
  groups: LiveSummary['lost'],
  head: (group: LiveSummary['lost'][number]) => string,
  style: Style,
  told: Set<string>,
): readonly string[] {
  const shown = groups
    .slice(0, MOST_GROUPS)
    .flatMap((group) => [
      style.colors.red(paragraph(head(group), style, '')),
      ...(group.said === undefined ? [] : [labelled('wire', group.said, style)]),
      ...(group.answer === undefined || isRefuted(group) ? [] : answerLines(group.answer, style, told)),
    ]);
  const more = groups.length - MOST_GROUPS;
  return more > 0 ? [...shown, `And ${more} kinds of packets more, with --json`] : shown;
}

/** The model knows of nothing that is wrong, and somebody has said what was: for one, that a packet was too large. */
function isRefuted({ said, answer }: LiveSummary['lost'][number]): boolean {
  return said !== undefined && answer?.kind === 'open' && answer.diagnosis.causes.length === 0;
}

function hopLines(hops: readonly HopSummary[], style: Style): readonly string[] {
  if (hops.length === 0) return [];
  const shown = hops.slice(0, MOST_HOPS);
  const isRewritten = shown.some(({ rewritten }) => rewritten > 0);
  const rows = shown.map(({ from, to, passed, lost, rewritten, delay }) => [
    escapeText(`${from} → ${to ?? '?'}`),
    String(passed + lost),
    String(lost),
    ...(isRewritten ? [String(rewritten)] : []),
    delay === undefined ? '-' : `${durationText(delay.medianNs)} (${durationText(delay.mostNs)})`,
  ]);
  const head = ['Hop', 'seen', 'lost', ...(isRewritten ? ['rewritten'] : []), 'delay: median (most)'];
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => displayWidth(row[at] ?? ''))));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return at === 0 || at === head.length - 1 ? padTo(cell, width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  const more = hops.length - shown.length;
  return [
    style.colors.dim(line(head)),
    ...rows.map((row, at) => ((shown[at]?.lost ?? 0) > 0 ? style.colors.red(line(row)) : line(row))),
    ...(more > 0 ? [`and ${more} hops more, with --json`] : []),
  ];
}

function lookedLines({ namespaces, sightings, packets, file }: LiveSummary, style: Style): readonly string[] {
  const dropped = namespaces.filter((each) => (each.dropped ?? 0) > 0);
  const silent = namespaces.filter((each) => each.captured === undefined).map(({ name }) => name);
  const parts = [
    `${counted(sightings, 'sighting')} of ${counted(packets, 'packet')} in ${namespaces.map(({ name }) => name).join(', ')}`,
    dropped.length === 0
      ? 'none dropped by the kernel'
      : `dropped by the kernel: ${dropped.map((each) => `${each.dropped?.toLocaleString('en')} in ${each.name}`).join(', ')}`,
    ...(silent.length === 0 ? [] : [`tcpdump did not say how many it dropped in ${silent.join(', ')}`]),
  ];
  const late = file !== undefined && file.late > 0 ? `, ${file.late} of them out of order` : '';
  return [
    paragraph(parts.join('; '), style, 'Looked  '),
    ...(file === undefined
      ? []
      : [
          paragraph(
            `${file.path}: ${counted(file.packets, 'packet')}${late}${splitText(file.split)}`,
            style,
            'File    ',
          ),
        ]),
  ];
}

function splitText(split: readonly string[]): string {
  return split.length === 0 ? '' : `; by namespace: ${split.join(', ')}`;
}
