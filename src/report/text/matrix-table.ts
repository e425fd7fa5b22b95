/**
 * The table of a matrix: who asks stands at the left, who is asked at the top. A cell says that it works, or by number
 * (and by code where that fits) what breaks it.
 *
 * What is too wide is folded: numbers stand for the columns, and the columns stand in several blocks. Of many namespaces,
 * rows and columns in which everything works are left out, and counted.
 *
 * @module
 */

import type { Cell, Matrix } from '../../diagnosis/matrix/matrix.ts';
import type { NetnsName } from '../../host/link.ts';
import { counted } from '../../postmortem/counted.ts';
import { escapeText } from '../escape.ts';
import { displayWidth, wrap } from '../width.ts';
import type { Style } from './style.ts';
import { emptyTable } from './table.ts';

const CORNER = 'from \\ to';
const GAP = 2;
const MOST_NAME_COLUMNS = 24;
/** Beyond so many namespaces, what all works is not worth a line. */
const MOST_SHOWN_IN_FULL = 16;

interface Shown {
  readonly rows: readonly NetnsName[];
  readonly columns: readonly NetnsName[];
}

interface Drawing {
  readonly matrix: Matrix;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly style: Style;
  /** How wide it may be. */
  readonly width: number;
}

/** @param width Of the terminal: a table may be wider than prose. */
export function matrixTable(matrix: Matrix, style: Style, width: number): string {
  const cells = new Map(matrix.cells.map((cell) => [keyOf(cell.from, cell.to), cell]));
  const drawing: Drawing = { matrix, cells, style, width: Math.max(width, style.columns) };
  const shown = worthShowing(matrix);
  if (shown.rows.length === 0) return '';
  for (const withCode of [true, false]) {
    if (widthOf(drawing, shown, withCode) > drawing.width) continue;
    return [drawnWhole(drawing, shown, withCode), ...leftOutText(matrix, shown)].join('\n');
  }
  return folded(drawing, shown);
}

/** How a cell is read; only what the table holds. */
export function legendText({ cells }: Matrix): string {
  const has = (test: (cell: Cell) => boolean) => cells.some(test);
  return [
    ...(has(({ verdict }) => verdict === 'reachable') ? ['✓ reaches'] : []),
    ...(has(({ verdict }) => verdict === 'unreachable') ? ['a number: broken by that cause'] : []),
    ...(has(({ verdict }) => verdict === 'undecided') ? ['?: cannot tell, for that cause'] : []),
    '- itself',
  ].join('   ');
}

function worthShowing({ members, cells }: Matrix): Shown {
  if (members.length <= MOST_SHOWN_IN_FULL) return { rows: members, columns: members };
  const bad = cells.filter(({ verdict }) => verdict !== 'reachable');
  const [rows, columns] = [new Set(bad.map(({ from }) => from)), new Set(bad.map(({ to }) => to))];
  return {
    rows: members.filter((name) => rows.has(name)),
    columns: members.filter((name) => columns.has(name)),
  };
}

function leftOutText({ members }: Matrix, { rows, columns }: Shown): readonly string[] {
  const [noRow, noColumn] = [members.length - rows.length, members.length - columns.length];
  if (noRow + noColumn === 0) return [];
  const all = [
    ...(noRow === 0 ? [] : [`${counted(noRow, 'row')} in which all is reached`]),
    ...(noColumn === 0 ? [] : [`${counted(noColumn, 'column')} that all reach`]),
  ];
  return [`(not shown: ${all.join(', ')})`];
}

/** How wide the whole table would be. */
function widthOf(drawing: Drawing, { rows, columns }: Shown, withCode: boolean): number {
  const widest = (texts: readonly string[]) => Math.max(...texts.map(displayWidth));
  const labels = widest([CORNER, ...rows.map(firstLine)]);
  return columns.reduce((width, column) => {
    const cells = rows.map((row) => shownAs(drawing, row, column, withCode).text);
    return width + GAP + widest([firstLine(column), ...cells]);
  }, labels);
}

function firstLine(name: string): string {
  return nameText(name).split('\n', 1)[0] ?? '';
}

function drawnWhole(drawing: Drawing, { rows, columns }: Shown, withCode: boolean): string {
  const { dim } = drawing.style.colors;
  const table = emptyTable();
  table.push([dim(CORNER), ...columns.map((column) => dim(nameText(column)))]);
  for (const row of rows) {
    table.push([nameText(row), ...columns.map((column) => cellText(drawing, row, column, withCode))]);
  }
  return table.toString().replaceAll(/ +$/gm, '');
}

/** Numbers in place of names at the top, the same as before the names at the left, and blocks as wide as may be. */
function folded(drawing: Drawing, { rows, columns }: Shown): string {
  const { matrix, style } = drawing;
  const number = (name: NetnsName) => String(matrix.members.indexOf(name) + 1);
  const digits = String(matrix.members.length).length;
  const label = (name: NetnsName) => `${number(name).padStart(digits)} ${nameText(name)}`;
  const labelColumns = Math.max(
    CORNER.length,
    ...rows.map((row) => Math.min(MOST_NAME_COLUMNS, displayWidth(label(row)))),
  );
  const cellColumns = Math.max(digits, String(matrix.reasons.length).length + 1) + GAP;
  const perBlock = Math.max(1, Math.floor((drawing.width - labelColumns) / cellColumns));
  const blocks: string[] = [];
  for (let begin = 0; begin < columns.length; begin += perBlock) {
    const block = columns.slice(begin, begin + perBlock);
    const table = emptyTable();
    table.push([style.colors.dim(CORNER), ...block.map((name) => style.colors.dim(number(name)))]);
    for (const row of rows) {
      table.push([
        wrap(label(row), MOST_NAME_COLUMNS).join('\n'),
        ...block.map((column) => cellText(drawing, row, column, false)),
      ]);
    }
    blocks.push(table.toString().replaceAll(/ +$/gm, ''));
  }
  const unnamed = columns.filter((name) => !rows.includes(name));
  const names = unnamed.map((name) => `${number(name)} ${nameText(name)}`).join(', ');
  return [
    blocks.join('\n\n'),
    ...(unnamed.length === 0 ? [] : ['', ...wrap(`Columns: ${names}`, style.columns)]),
    ...leftOutText(matrix, { rows, columns }),
  ].join('\n');
}

function nameText(name: string): string {
  return wrap(escapeText(name), MOST_NAME_COLUMNS).join('\n');
}

function cellText(drawing: Drawing, from: NetnsName, to: NetnsName, withCode: boolean): string {
  const { text, paint } = shownAs(drawing, from, to, withCode);
  return drawing.style.colors[paint](text);
}

interface ShownCell {
  readonly text: string;
  readonly paint: 'green' | 'red' | 'yellow' | 'dim';
}

function shownAs({ matrix, cells }: Drawing, from: NetnsName, to: NetnsName, withCode: boolean): ShownCell {
  const cell = cells.get(keyOf(from, to));
  if (cell === undefined) return { text: '-', paint: 'dim' };
  if (cell.verdict === 'reachable') return { text: '✓', paint: 'green' };
  const [first] = cell.reasons;
  const number = first === undefined ? '' : String(matrix.reasons.indexOf(first) + 1);
  const text = withCode && first?.code !== undefined ? `${number} ${first.code}` : number;
  return cell.verdict === 'undecided' ? { text: `?${text}`, paint: 'yellow' } : { text, paint: 'red' };
}

function keyOf(from: NetnsName, to: NetnsName): string {
  return JSON.stringify([from, to]);
}
