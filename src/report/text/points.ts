/**
 * Several capture points for a person: the points in order, what happened between each two, and who is translated.
 *
 * @module
 */

import type { Clock, HopRow, PointsAnalysis } from '../../postmortem/points/points-analysis.ts';
import { escapeText } from '../escape.ts';
import { displayWidth, padTo } from '../width.ts';
import { counted, paragraph, type Style } from './style.ts';

const MOST_REWRITINGS = 8;
const MOST_NAME_COLUMNS = 20;

/** The table and what belongs to it. */
export function pointsText(analysis: PointsAnalysis, style: Style): string {
  const { points, hops, rewritings, notes } = analysis;
  const names = points.map(({ name }) => shortened(name));
  const way = points.map(({ name, packets }) => `${name} (${packets})`).join(' → ');
  const lines = [
    paragraph(way, style, 'Points  '),
    ...table(hops, names, style),
    ...clockSentences(analysis).map((said) => paragraph(said, style, 'clock   ')),
    ...rewritings
      .slice(0, MOST_REWRITINGS)
      .map(({ from, to, before, after, packets }) =>
        paragraph(
          `${before} at ${names[from]} is ${after} at ${names[to]} (${counted(packets, 'packet')})`,
          style,
          'NAT     ',
        ),
      ),
  ];
  const more = rewritings.length - MOST_REWRITINGS;
  if (more > 0) lines.push(paragraph(`and ${counted(more, 'translated flow')} more`, style, '        '));
  return [...lines, ...notes.map((note) => paragraph(note, style, 'note    '))].join('\n');
}

function table(hops: readonly HopRow[], names: readonly string[], { colors }: Style): readonly string[] {
  if (hops.length === 0) return [];
  const counts = [
    { head: 'seen', of: ({ seen }: HopRow) => seen },
    { head: 'lost', of: ({ lost }: HopRow) => lost },
    { head: 'unknown', of: ({ unknown }: HopRow) => unknown },
    { head: 'copies', of: ({ duplicated }: HopRow) => duplicated },
    { head: 'overtaken', of: ({ reordered }: HopRow) => reordered },
  ].filter(({ head, of }) => head === 'seen' || head === 'lost' || hops.some((hop) => of(hop) > 0));
  const columns = ['', ...counts.map(({ head }) => head), 'delay'];
  const rows = hops.map((hop) => [
    escapeText(`${names[hop.from]} → ${names[hop.to]}`),
    ...counts.map(({ of }) => String(of(hop))),
    hop.delay === undefined ? '-' : `${durationText(hop.delay.medianNs)} (${durationText(hop.delay.mostNs)})`,
  ]);
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...rows.map((row) => displayWidth(row[at] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return at === 0 || at === columns.length - 1 ? padTo(cell, width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [
    colors.dim(line(columns)),
    ...rows.map((row, at) => ((hops[at]?.lost ?? 0) > 0 ? colors.red(line(row)) : line(row))),
  ].map((text) => `  ${text}`);
}

/** How the clocks of the points differ: sentences without a full stop. */
export function clockSentences({ clocks, points }: PointsAnalysis): readonly string[] {
  return clocks.flatMap((clock) => clockText(clock, points[clock.point]?.name ?? '', points[0]?.name ?? '') ?? []);
}

function clockText({ aheadNs, by }: Clock, name: string, first: string): string | undefined {
  if (aheadNs === 0) return undefined;
  const apart = `${name} is ${durationText(Math.abs(aheadNs))} ${aheadNs > 0 ? 'ahead of' : 'behind'} ${first}`;
  return by === 'both'
    ? `${apart}, by the quickest packets of both directions; taken into account above`
    : `${apart} at least: packets went in one direction only, so the quickest is taken to need no time`;
}

/** `12 µs`, `3.4 ms`, `5.6 s`. */
export function durationText(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1e3) return `${Math.round(ns)} ns`;
  if (size < 1e6) return `${(ns / 1e3).toFixed(size < 1e4 ? 1 : 0)} µs`;
  if (size < 1e9) return `${(ns / 1e6).toFixed(size < 1e7 ? 1 : 0)} ms`;
  return `${(ns / 1e9).toFixed(1)} s`;
}

function shortened(name: string): string {
  return name.length <= MOST_NAME_COLUMNS ? name : `…${name.slice(1 - MOST_NAME_COLUMNS)}`;
}
