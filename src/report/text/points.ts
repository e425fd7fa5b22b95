/**
 * Several capture points for a person: the points in order, what happened between each two, and who is translated.
 *
 * @module
 */

import { counted } from '../../postmortem/counted.ts';
import type { Clock, HopRow, PointsAnalysis } from '../../postmortem/points/points-analysis.ts';
import { escapeText } from '../escape.ts';
import { displayWidth, padTo } from '../width.ts';
import { paragraph, type Style } from './style.ts';

const MOST_REWRITINGS = 8;
const MOST_NAME_COLUMNS = 20;
const LEAST_NAME_COLUMNS = 8;
const INDENT = '  ';
const ARROW = ' → ';

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

function table(
  hops: readonly HopRow[],
  names: readonly string[],
  { colors, columns: width }: Style,
): readonly string[] {
  if (hops.length === 0) return [];
  const counts = [
    { head: 'seen', of: ({ seen }: HopRow) => seen },
    { head: 'lost', of: ({ lost }: HopRow) => lost },
    { head: 'unknown', of: ({ unknown }: HopRow) => unknown },
    { head: 'copies', of: ({ duplicated }: HopRow) => duplicated },
    { head: 'overtaken', of: ({ reordered }: HopRow) => reordered },
  ].filter(({ head, of }) => head === 'seen' || head === 'lost' || hops.some((hop) => of(hop) > 0));
  const heads = [...counts.map(({ head }) => head), 'delay'];
  const rows = hops.map((hop) => [
    ...counts.map(({ of }) => String(of(hop))),
    hop.delay === undefined ? '-' : `${durationText(hop.delay.medianNs)} (${durationText(hop.delay.mostNs)})`,
  ]);
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => displayWidth(row[at] ?? ''))));
  const numbers = (row: readonly string[]) =>
    row.map((cell, at) => `  ${at === heads.length - 1 ? cell : cell.padStart(widths[at] ?? 0)}`).join('');
  const room = width - INDENT.length - widths.reduce((sum, each) => sum + 2 + each, 0);
  const ways = hops.map(({ from, to }) => wayText(names[from] ?? '', names[to] ?? '', room));
  const isNarrow = ways.some((way) => displayWidth(way) > room);
  const first = isNarrow ? 0 : Math.max(...ways.map(displayWidth));
  return [
    colors.dim(INDENT + ' '.repeat(first) + numbers(heads)),
    ...rows.flatMap((row, at) => {
      const way = ways[at] ?? '';
      const lines = isNarrow ? [way, numbers(row)] : [padTo(way, first) + numbers(row)];
      return lines.map((line) => INDENT + ((hops[at]?.lost ?? 0) > 0 ? colors.red(line) : line));
    }),
  ];
}

/** Both names, shortened to the room that there is, but not beyond recognition. */
function wayText(from: string, to: string, room: number): string {
  const most = Math.max(LEAST_NAME_COLUMNS, Math.floor((room - ARROW.length) / 2));
  return escapeText(shortened(from, most) + ARROW + shortened(to, most));
}

/** How the clocks of the points differ: sentences without a full stop. */
export function clockSentences({ clocks, points }: PointsAnalysis): readonly string[] {
  return clocks.flatMap((clock) => clockText(clock, points[clock.point]?.name ?? '', points[0]?.name ?? '') ?? []);
}

function clockText({ aheadNs, driftPpm, by }: Clock, name: string, first: string): string | undefined {
  if (aheadNs === 0 && driftPpm === 0) return undefined;
  const gains = `${driftPpm > 0 ? 'gains' : 'loses'} ${durationText(Math.abs(driftPpm) * 1e3)} a second`;
  const drifts = driftPpm === 0 ? '' : ` when the captures begin and ${gains}`;
  const apart = `${name} is ${durationText(Math.abs(aheadNs))} ${aheadNs >= 0 ? 'ahead of' : 'behind'} ${first}${drifts}`;
  return by === 'both'
    ? `${apart}, by the quickest packets of both directions; taken into account above`
    : `${apart} at least: packets went in one direction only, so the quickest is taken to need no time`;
}

/** `12 µs`, `3.4 ms`, `5.6 s`, `7 min`, `8 h`, `9 d`. */
export function durationText(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1e3) return `${Math.round(ns)} ns`;
  if (size < 1e6) return `${(ns / 1e3).toFixed(size < 1e4 ? 1 : 0)} µs`;
  if (size < 1e9) return `${(ns / 1e6).toFixed(size < 1e7 ? 1 : 0)} ms`;
  if (size < 600e9) return `${(ns / 1e9).toFixed(1)} s`;
  if (size < 600 * 60e9) return `${Math.round(ns / 60e9)} min`;
  return size < 600 * 3600e9 ? `${Math.round(ns / 3600e9)} h` : `${Math.round(ns / 86_400e9)} d`;
}

function shortened(name: string, most = MOST_NAME_COLUMNS): string {
  return name.length <= most ? name : `…${name.slice(1 - most)}`;
}
