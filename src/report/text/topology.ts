/**
 * A topology on a terminal: a tree for each namespace, those that are alike in one; then what is odd, and how much was
 * looked at.
 *
 * @module
 */

import { type Mark, type Marks, NO_MARKS } from '../../topology/comparison.ts';
import type { Place, Topology } from '../../topology/topology.ts';
import { alikePlaces } from '../alike-places.ts';
import { escapeText } from '../escape.ts';
import { displayWidth, padTo, wrap } from '../width.ts';
import { rangesText } from './ranges.ts';
import { paragraph, type Style } from './style.ts';
import { type Compared, changesText, lookedText, odditiesText } from './topology-lists.ts';
import { foldedRows, leadText, type Row, rowsOf } from './topology-rows.ts';

export interface TopologyTextOptions {
  /** Whether namespaces and ports that are alike are told in one. */
  readonly fold: boolean;
  /** When a snapshot was taken; `undefined`: this machine, now. */
  readonly takenAt: string | undefined;
  /** What is held against an older one; the topology is then that of both. */
  readonly compared: Compared | undefined;
}

/** Of a name that is wider the row begins below. */
const MOST_NAME_COLUMNS = 24;

/** The whole report. */
export function topologyText(topology: Topology, style: Style, options: TopologyTextOptions): string {
  const { fold, compared } = options;
  const marks = compared?.marks ?? NO_MARKS;
  const groups = fold ? alikePlaces(topology, marks) : topology.places.map((place) => [place]);
  return `${[
    ...(compared === undefined ? [] : [changesText(compared, style)]),
    ...groups.map((group) => placeText(topology, group, style, { fold, marks })),
    ...(topology.oddities.length === 0 ? [] : [odditiesText(topology.oddities, style)]),
    lookedText(topology, style, options.takenAt),
  ].join('\n\n')}\n`;
}

/** The columns in front of a name. */
const SIGN: Readonly<Record<Mark, string>> = { added: '+', changed: '~', removed: '-' };

interface TreeOptions {
  readonly fold: boolean;
  readonly marks: Marks;
}

function placeText(topology: Topology, places: readonly Place[], style: Style, { fold, marks }: TreeOptions): string {
  const [first] = places;
  if (first === undefined) return '';
  const names = rangesText(places.map(({ netns }) => netns.name));
  const notes = [
    ...listed(marks.ofNetns(first.netns.name)),
    ...(places.length > 1 ? [`${places.length} alike`] : []),
    ...(places.length === 1 && first.netns.aliases.length > 0 ? [`also ${first.netns.aliases.join(', ')}`] : []),
    ...(first.unread === undefined ? [] : [`not read: ${first.unread}`]),
    ...(first.unread === undefined && first.devices.length === 0 ? ['only lo'] : []),
  ];
  const heading = wrap(escapeText(names), style.columns).map((line) => style.colors.bold(line));
  const note = notes.length === 0 ? [] : [style.colors.dim(paragraph(notes.join('; '), style, '  '))];
  const isShort = heading.length === 1 && displayWidth(names) + 2 + displayWidth(notes.join('; ')) <= style.columns;
  const top =
    isShort && notes.length > 0
      ? [`${heading[0]}  ${style.colors.dim(escapeText(notes.join('; ')))}`]
      : [...heading, ...note];
  const rows = places.length === 1 ? rowsOf(topology, first, fold, marks) : foldedRows(topology, places, fold, marks);
  return [...top, ...rowsText(rows, style)].join('\n');
}

/** Names, kinds, addresses and wires below each other; what is too long goes on in the next line. */
function rowsText(rows: readonly Row[], style: Style): readonly string[] {
  const cells = rows.map((row) => ({
    row,
    name: `${row.branch}${escapeText(row.name)}`,
    kind: escapeText(row.kind),
  }));
  const nameColumns = Math.min(MOST_NAME_COLUMNS, Math.max(0, ...cells.map(({ name }) => displayWidth(name))));
  const kindColumns = Math.max(0, ...cells.map(({ kind }) => displayWidth(kind)));
  return cells.map(({ row, name, kind }) => {
    const { yellow, red, bold } = style.colors;
    const sign = row.mark === undefined ? (row.isOdd ? '!' : ' ') : SIGN[row.mark];
    const mark = `${yellow(sign)} `;
    const label = `${mark}${row.branch}${bold(escapeText(row.name))}`;
    const indent = 2 + nameColumns + 2;
    const words = [...row.addresses, ...row.leads.map(leadText), ...row.codes.map((code) => `(${code})`)].map(
      escapeText,
    );
    const lines = flowed(kindColumns === 0 ? words : [padTo(kind, kindColumns), ...words], style.columns - indent);
    const painted = lines.map((line, index) => (index === 0 && row.isDown ? line.replace(kind, red(kind)) : line));
    const [head = '', ...rest] = painted;
    const below = rest.map((line) => ' '.repeat(indent) + line);
    const isWide = displayWidth(name) > nameColumns;
    if (head.trim() === '') return label;
    const start = isWide ? `${label}\n${' '.repeat(indent)}` : `${label}${' '.repeat(indent - 2 - displayWidth(name))}`;
    return [`${start}${head}`.trimEnd(), ...below].join('\n');
  });
}

/** Words that stay whole, two spaces between them, as many to a line as fit. */
function flowed(words: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    const longer = line === undefined ? word : `${line}  ${word}`;
    if (line !== undefined && displayWidth(longer) > columns) lines.push(...wrap(word, columns));
    else lines.splice(-1, 1, longer);
  }
  return lines.map((line) => line.trimEnd());
}

function listed(mark: Mark | undefined): readonly string[] {
  return mark === undefined ? [] : [mark];
}
