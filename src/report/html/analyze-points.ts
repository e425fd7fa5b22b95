/**
 * The capture points as a picture: one below the other in the order of the way, and between each two what happened in
 * either direction. It is made of boxes, so that it is as wide as the screen.
 *
 * @module
 */

import type { HopRow, Loss, PointsAnalysis, Rewriting } from '../../postmortem/points/points-analysis.ts';
import { clockSentences, durationText } from '../text/points.ts';
import { type Markup, markup } from './markup.ts';
import { bullets, type Column, type Row, table } from './parts.ts';

export const POINTS_STYLE = `
.way { max-width: 46rem; margin: .5rem 0; padding: 0; list-style: none; }
.way > li.point { border: 1.5px solid var(--line); border-radius: .4rem; background: var(--panel); padding: .4rem .75rem; }
.way > li.between { margin: 0 0 0 1.5rem; padding: .5rem 0 .5rem 1rem; border-left: 3px solid var(--line); }
.way > li.between.loses { border-left: 3px dashed var(--bad); }
.way p { margin: 0; }
`;

export function pointsMarkup(analysis: PointsAnalysis): Markup {
  const { points, hops, losses, rewritings, notes } = analysis;
  const items = points.map(({ name, packets, dropped }, at) => {
    const next = at + 1 < points.length ? betweenMarkup(at, at + 1, hops, losses) : '';
    const lost = dropped === undefined || dropped === 0 ? '' : `, the capture itself lost ${dropped}`;
    return markup`<li class="point"><strong>${name}</strong> <span class="faint">${packets} packets${lost}</span></li>\n${next}`;
  });
  const far = hops.filter(({ from, to }) => Math.abs(from - to) !== 1);
  const name = (point: number) => points[point]?.name ?? '';
  return markup`<ol class="way">${items}</ol>
${far.length === 0 ? '' : markup`<h3>Past points in between</h3>${bullets(far.map((hop) => markup`${name(hop.from)} → ${name(hop.to)}: ${hopText(hop)}`))}`}
${rewritings.length === 0 ? '' : markup`<h3>Translated</h3>${table('Translations', NAT_COLUMNS, rewritings.slice(0, MOST_REWRITINGS).map(natRow(name)))}`}
${bullets([...clockSentences(analysis), ...notes])}`;
}

const MOST_REWRITINGS = 200;
const NAT_COLUMNS: readonly Column[] = [
  { title: 'from', kind: 'text' },
  { title: 'to', kind: 'text' },
  { title: 'flow', kind: 'name' },
  { title: 'becomes', kind: 'name' },
  { title: 'packets', kind: 'number' },
];

function natRow(name: (point: number) => string) {
  return ({ from, to, before, after, packets }: Rewriting): Row => ({
    cells: [name(from), name(to), before, after, packets],
  });
}

function betweenMarkup(a: number, b: number, hops: readonly HopRow[], losses: readonly Loss[]): Markup {
  const there = hops.find(({ from, to }) => from === a && to === b);
  const back = hops.find(({ from, to }) => from === b && to === a);
  const own = losses.filter(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  const said = own.map(
    ({ packets, common }) => markup`<p class="bad">✗ ${packets} lost${common === undefined ? '' : `: ${common}`}</p>\n`,
  );
  const line = (arrow: string, hop: HopRow | undefined) =>
    hop === undefined ? '' : markup`<p>${arrow} ${hopText(hop)}</p>\n`;
  const nothing =
    there === undefined && back === undefined ? markup`<p class="faint">no packet seen at both</p>\n` : '';
  return markup`<li class="between ${own.length > 0 ? 'loses' : ''}">${line('↓', there)}${said}${line('↑', back)}${nothing}</li>\n`;
}

function hopText({ seen, lost, unknown, duplicated, reordered, delay }: HopRow): string {
  return [
    `${seen} seen`,
    ...(lost > 0 ? [`${lost} lost`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(duplicated > 0 ? [`${duplicated} copies`] : []),
    ...(reordered > 0 ? [`${reordered} overtaken`] : []),
    ...(delay === undefined ? [] : [`${durationText(delay.medianNs)}, at most ${durationText(delay.mostNs)}`]),
  ].join(', ');
}
