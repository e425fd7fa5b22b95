/**
 * A topology on a terminal: a tree for each namespace, those that are alike in one; then what is odd, and how much was
 * looked at.
 *
 * @module
 */

import { changeText } from '../../host/difference/words.ts';
import { type Comparison, type Mark, type Marks, NO_MARKS } from '../../topology/comparison.ts';
import type { Oddity } from '../../topology/oddity.ts';
import type { Place, Topology } from '../../topology/topology.ts';
import { escapeText } from '../escape.ts';
import { displayWidth, padTo, wrap } from '../width.ts';
import { rangesText } from './ranges.ts';
import { counted, paragraph, type Style } from './style.ts';
import { foldedRows, leadText, type Row, rowsOf, shapeOf } from './topology-rows.ts';

export interface TopologyTextOptions {
  /** Whether namespaces and ports that are alike are told in one. */
  readonly fold: boolean;
  /** When a snapshot was taken; `undefined`: this machine, now. */
  readonly takenAt: string | undefined;
  /** What is held against an older one; the topology is then that of both. */
  readonly compared: Compared | undefined;
}

/** The changes since. */
export interface Compared extends Comparison {
  /** When the older one was taken. */
  readonly since: string;
}

/** So many namespaces of one shape are told in one. */
const LEAST_ALIKE = 3;
/** No list of remarks is longer than a screen or two. */
const MOST_ODDITIES = 40;
/** What the kernel took along with one change. */
const MOST_FOLLOWERS = 4;
/** Of a name that is wider the row begins below. */
const MOST_NAME_COLUMNS = 24;

/** The whole report. */
export function topologyText(topology: Topology, style: Style, options: TopologyTextOptions): string {
  const { fold, compared } = options;
  const marks = compared?.marks ?? NO_MARKS;
  const groups = fold ? groupsOf(topology, marks) : topology.places.map((place) => [place]);
  return `${[
    ...(compared === undefined ? [] : [changesText(compared, style)]),
    ...groups.map((group) => placeText(topology, group, style, { fold, marks })),
    ...(topology.oddities.length === 0 ? [] : [odditiesText(topology.oddities, style)]),
    lookedText(topology, style, options),
  ].join('\n\n')}\n`;
}

/** Namespaces of one shape, in the order of the first; one with something odd stands alone. */
function groupsOf(topology: Topology, marks: Marks): readonly (readonly Place[])[] {
  const groups = new Map<string, Place[]>();
  topology.places.forEach((place, index) => {
    const { netns, unread } = place;
    const isOdd = topology.oddities.some((each) => each.netns === netns.name);
    const isAlone = isOdd || isMarked(place, marks);
    const key = isAlone ? `${index}` : (unread ?? shapeOf(topology, place, marks));
    groups.set(key, [...(groups.get(key) ?? []), place]);
  });
  return [...groups.values()].flatMap((group) =>
    group.length < LEAST_ALIKE ? group.map((place) => [place]) : [group],
  );
}

function isMarked({ netns, devices }: Place, marks: Marks): boolean {
  const isChanged = devices.some(({ name }) => marks.ofDevice({ netns: netns.name, device: name }) !== undefined);
  return marks.ofNetns(netns.name) !== undefined || isChanged;
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

function changesText({ changes, notCompared, since }: Compared, style: Style): string {
  const lines = changes.flatMap(({ change, followers }) => {
    const shown = followers.slice(0, MOST_FOLLOWERS).map((each) => changeText(each));
    const more = followers.length - shown.length;
    return [
      paragraph(changeText(change), style, '  '),
      ...shown.map((text) => style.colors.dim(paragraph(`so: ${text}`, style, '      '))),
      ...(more > 0 ? [`      and ${more} more that follow from it`] : []),
    ];
  });
  const heading = changes.length === 0 ? 'Nothing has changed' : `${counted(changes.length, 'change')}`;
  return [
    `${style.colors.bold(heading)} since ${escapeText(since)}`,
    ...lines,
    ...notCompared.map((note) => paragraph(note, style, '  not compared: ')),
  ].join('\n');
}

function odditiesText(oddities: readonly Oddity[], style: Style): string {
  const shown = oddities.slice(0, MOST_ODDITIES);
  const columns = Math.max(...shown.map(({ code }) => code.length)) + 2;
  const more = oddities.length - shown.length;
  return [
    `${style.colors.yellow('Odd')}, which may well be meant so; nsdiag explain CODE says more of most`,
    ...shown.map(({ code, netns, device, text }) => {
      const place = device === undefined ? netns : `${netns} ${device}`;
      return paragraph(`${place} ${text}`, style, `  ${style.colors.yellow(padTo(code, columns))}`, columns + 2);
    }),
    ...(more > 0 ? [`  and ${more} more: --format json has all`] : []),
  ].join('\n');
}

function lookedText(
  { places, looked, wires, notes }: Topology,
  style: Style,
  { takenAt }: TopologyTextOptions,
): string {
  const part = places.length === looked.namespaces ? '' : `, of which ${places.length} are shown`;
  const when = takenAt === undefined ? '' : `; a snapshot of ${takenAt}`;
  const counts = [counted(looked.devices, 'device'), counted(wires.length, 'wire')].join(', ');
  return [
    ...notes.map((note) => paragraph(note, style, 'Note    ')),
    paragraph(
      `${counted(looked.namespaces, 'namespace')}${part}, ${counts}; Linux ${looked.kernel}${when}`,
      style,
      'Looked  ',
    ),
  ].join('\n');
}
