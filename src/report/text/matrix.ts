/**
 * A matrix for a person: how many pairs work, the table, and below it a block for each cause, the one that breaks most
 * pairs first. The grammar of the lines stands in ../README.md.
 *
 * @module
 */

import { unseenText } from '../../diagnosis/looked.ts';
import { type Cell, type Matrix, type Reason, verdictOfMatrix } from '../../diagnosis/matrix/matrix.ts';
import { protocolText } from '../../diagnosis/summary.ts';
import { counted } from '../../postmortem/counted.ts';
import { readText } from '../looked-facts.ts';
import { shellLine } from '../shell-quote.ts';
import { label, labelled } from './labelled.ts';
import { legendText, matrixTable } from './matrix-table.ts';
import { MARK } from './outcome.ts';
import { paragraph, type Style } from './style.ts';

/** So many causes are told in full; the rest is in the JSON. */
const MOST_REASONS = 16;
/** So many pairs of a cause are named. */
const MOST_PAIRS = 3;

/** @param width Of the terminal. */
export function matrixText(matrix: Matrix, style: Style, width: number): string {
  const isAllWell = verdictOfMatrix(matrix) === 'reachable';
  const table = matrixTable(matrix, style, width);
  const blocks = [
    outcomeText(matrix, style),
    ...(table === '' ? [] : [isAllWell ? table : `${table}\n\n${style.colors.dim(legendText(matrix))}`]),
    ...matrix.reasons.slice(0, MOST_REASONS).map((reason, index) => reasonText(matrix, reason, index, style)),
    ...(matrix.reasons.length > MOST_REASONS
      ? [`${counted(matrix.reasons.length - MOST_REASONS, 'more cause')}: --json has them all.`]
      : []),
    lookedText(matrix, style),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** One sentence without a full stop. */
export function matrixSummary(matrix: Matrix): string {
  const { cells, members, reasons } = matrix;
  const count = (verdict: Cell['verdict']) => cells.filter((cell) => cell.verdict === verdict).length;
  const [broken, open] = [count('unreachable'), count('undecided')];
  const how = `${protocolText(matrix)}, ${isProbed(matrix) ? 'by the wire' : 'by the model'}`;
  const causes = `for ${counted(reasons.length, 'cause')}`;
  const of = `of ${counted(cells.length, 'pair')}`;
  if (broken === 0 && open === 0) {
    return `All ${counted(cells.length, 'pair')} of ${members.length} namespaces reach each other (${how})`;
  }
  if (broken === 0) return `Nobody can tell of ${open} ${of} whether they reach each other, ${causes} (${how})`;
  const besides = open === 0 ? '' : `, and of ${open} nobody can tell`;
  const fails = broken === 1 ? 'does not reach the other' : 'do not reach each other';
  return `${broken} ${of} ${fails}${besides}, ${causes} (${how})`;
}

function isProbed({ cells }: Matrix): boolean {
  return cells.some(({ wire }) => wire !== undefined);
}

function outcomeText(matrix: Matrix, style: Style): string {
  const verdict = verdictOfMatrix(matrix);
  const paint = { reachable: 'green', unreachable: 'red', undecided: 'yellow' } as const;
  const [first = '', ...rest] = paragraph(matrixSummary(matrix), style, '  ').split('\n');
  const { bold } = style.colors;
  return [`${style.colors[paint[verdict]](MARK[verdict])} ${bold(first.trimStart())}`, ...rest.map(bold)].join('\n');
}

function reasonText(matrix: Matrix, reason: Reason, index: number, style: Style): string {
  const { code, netns, what, why, fix, of } = reason;
  const { bold, red, dim } = style.colors;
  const head = code === undefined ? `not decided in ${netns}: ${what}` : `${code}: ${what}`;
  const titled = paragraph(head, style, `Cause ${index + 1}: `);
  return [
    code === undefined ? titled : titled.replace(code, bold(red(code))),
    ...(why === undefined ? [] : [labelled('why', why, style)]),
    ...pairLines(matrix, reason, style),
    ...(fix.length === 0 ? [] : [labelled('fix', fixIntent(matrix, reason), style)]),
    ...fix.map(({ argv }) => `    ${bold(shellLine(argv))}`),
    ...(of.question === undefined ? [] : [label('ask', style) + dim(shellLine(whyOf(matrix, reason)))]),
  ].join('\n');
}

/** What the fix is for; and that it was not walked for all of them, where it was not. */
function fixIntent({ cells }: Matrix, reason: Reason): string {
  const intents = [...new Set(reason.fix.map(({ intent }) => intent))].join('; ');
  const unproven = cells.some(({ reasons, knownBy }) => reasons[0] === reason && knownBy === 'same-end');
  return unproven ? `${intents}. This is for ${reason.of.from} > ${reason.of.to}; others may need the like` : intents;
}

function pairLines({ cells }: Matrix, reason: Reason, style: Style): readonly string[] {
  const first = cells.filter(({ reasons }) => reasons[0] === reason);
  const behind = cells.filter(({ reasons }) => reasons.indexOf(reason) > 0);
  const verb = reason.code === undefined ? 'pairs' : 'breaks';
  return [
    ...(first.length === 0 ? [] : [labelled(verb, pairsText(first), style)]),
    ...(behind.length === 0
      ? []
      : [labelled('behind', `another cause, once that is repaired: ${pairsText(behind)}`, style)]),
  ];
}

function pairsText(cells: readonly Cell[]): string {
  const named = cells.slice(0, MOST_PAIRS).map(({ from, to }) => `${from} > ${to}`);
  const more = cells.length - named.length;
  return `${cells.length}: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

function whyOf({ proto, port }: Matrix, { of }: Reason): readonly string[] {
  const to = port === undefined ? [] : ['--proto', proto, '--port', String(port)];
  // A name may begin like an option.
  return [
    'nsdiag',
    'why',
    ...to,
    ...([of.from, of.to].some((name) => name.startsWith('-')) ? ['--'] : []),
    of.from,
    of.to,
  ];
}

function lookedText(matrix: Matrix, style: Style): string {
  const { leftOut, notes, looked } = matrix;
  const wire = matrix.cells.reduce(
    (sum, cell) => ({ sent: sum.sent + (cell.wire?.sent ?? 0), received: sum.received + (cell.wire?.received ?? 0) }),
    { sent: 0, received: 0 },
  );
  const left = leftOut.map(({ netns, why }) => `${netns} (${why})`).join(', ');
  return [
    ...(notes.length === 0
      ? []
      : [style.colors.yellow('Notes'), ...notes.map((note) => paragraph(note, style, '- ')), '']),
    ...(left === '' ? [] : [paragraph(`${left}; name it to ask about it`, style, 'Without ')]),
    paragraph(isProbed(matrix) ? `${wire.sent} sent, ${wire.received} answered` : 'not asked', style, 'Wire    '),
    paragraph(readText(looked), style, 'Looked  '),
    paragraph(unseenText(looked), style, 'Unseen  '),
  ].join('\n');
}
