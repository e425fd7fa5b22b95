/**
 * What a code means, for a person: its page, the list of all codes, and what a search has found.
 *
 * @module
 */

import type { Page, Remedy } from '../../handbook/page.ts';
import { GROUPS } from '../../handbook/page.ts';
import { PLACEHOLDERS, placeholdersIn } from '../../handbook/placeholders.ts';
import type { Hit, TitledPage } from '../../handbook/search.ts';
import { escapeText } from '../escape.ts';
import { padTo } from '../width.ts';
import { paragraph, type Style } from './style.ts';

/** All that is told of one code. */
export interface Explained extends TitledPage {
  /** What states the rule: kernel file and function, RFC or man page; `undefined` where the page alone tells it. */
  readonly source: string | undefined;
  /** Codes that are not reported where this one is. */
  readonly explains: readonly string[];
  readonly labs: readonly LabFault[];
}

/** A fault of a lab that shows a code. */
export interface LabFault {
  readonly lab: string;
  readonly fault: string;
  readonly story: string;
  /** The command that asks for it. */
  readonly ask: string;
}

/** More than this would not fit beside the rest of a page. */
const MOST_LAB_FAULTS = 3;
/** The screen of a terminal, at two or three lines a hit. */
const MOST_HITS = 12;

/** All of one code. */
export function explanationText(explained: Explained, style: Style): string {
  const { code, title, what, linux, source, capture, look, fix, confused, explains, labs, unshown } = explained;
  const { bold } = style.colors;
  const prose = (text: string) => paragraph(text, style, '  ');
  const item = (text: string) => paragraph(text, style, '  - ');
  return [
    paragraph(title, style, `${bold(code)}: `, code.length + 2),
    '',
    prose(what),
    ...block('How Linux behaves', linux.map(item)),
    ...block('Source', source === undefined ? [] : [prose(source)]),
    ...block('In a saved capture', capture === undefined ? [] : [prose(capture)]),
    ...block(
      'See it by hand',
      look.map(({ run, shows }) => commandAndText(run, shows, style)),
    ),
    ...block(
      'Repair it',
      fix.map((remedy) => remedyText(remedy, style)),
    ),
    ...block('Where', placesText(explained, style)),
    ...block(
      'Not to be taken for it',
      pairs(
        confused.map(({ code: other, tell }) => [other, tell] as const),
        style,
      ),
    ),
    ...block('Not reported beside it', explains.length === 0 ? [] : [prose(explains.join(', '))]),
    ...block('Try it', tryText(labs, unshown, style)),
    '',
  ].join('\n');

  function block(heading: string, lines: readonly string[]): readonly string[] {
    return lines.length === 0 ? [] : ['', bold(heading), ...lines];
  }
}

function commandAndText(run: string, text: string, style: Style): string {
  return [commandLines(run, style.columns), ...(text === '' ? [] : [paragraph(text, style, '      ')])].join('\n');
}

/** A command that is too long goes on in the next line, as a shell reads it: nothing within quotes is broken. */
function commandLines(run: string, columns: number): string {
  const lines: string[] = [];
  let line = '   ';
  for (const word of run.match(/(?:'[^']*'|[^\s'])+/g) ?? []) {
    if (`${line} ${word} \\`.length > columns && line.trim() !== '') {
      lines.push(`${line} \\`);
      line = '       ';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}

function remedyText({ run, does }: Remedy, style: Style): string {
  return run === undefined ? paragraph(does, style, '  ') : commandAndText(run, does, style);
}

function placesText({ look, fix }: Page, style: Style): readonly string[] {
  const commands = [...look.map(({ run }) => run), ...fix.flatMap(({ run }) => run ?? [])];
  return pairs(
    placeholdersIn(commands).map((name) => [name, PLACEHOLDERS[name] ?? ''] as const),
    style,
  );
}

function pairs(rows: readonly (readonly [name: string, text: string])[], style: Style): readonly string[] {
  const columns = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows.map(([name, text]) =>
    paragraph(text, style, `  ${style.colors.cyan(padTo(name, columns))}`, columns + 2),
  );
}

function tryText(labs: readonly LabFault[], unshown: string | undefined, style: Style): readonly string[] {
  const [first, ...others] = labs;
  if (first === undefined) return unshown === undefined ? [] : [paragraph(unshown, style, '  ')];
  return [
    paragraph(first.story, style, '  '),
    `    sudo nsdiag lab shell ${first.lab}`,
    `    nsdiag lab break ${first.lab} ${first.fault}`,
    `    ${first.ask}`,
    ...(others.length === 0 ? [] : [paragraph(`Or ${othersText(others)}`, style, '  ')]),
  ];
}

function othersText(others: readonly LabFault[]): string {
  const shown = others.slice(0, MOST_LAB_FAULTS).map(({ lab, fault }) => `${lab} ${fault}`);
  const left = others.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more`] : [])].join(', ');
}

/** Every code in one line, by group. */
export function codesText(all: readonly TitledPage[], style: Style): string {
  const groups = GROUPS.map((group) => ({ group, members: all.filter((each) => each.group === group) })).filter(
    ({ members }) => members.length > 0,
  );
  return [
    ...groups.flatMap(({ group, members }) => {
      const columns = columnsFor(members);
      return [style.colors.bold(group), ...members.map((each) => lineOf(each, columns, style)), ''];
    }),
    'nsdiag explain CODE tells one of them, nsdiag explain WORD... searches in all.',
    '',
  ].join('\n');
}

/** What a search has found, the best first. @param asked Unescaped. */
export function hitsText(asked: string, hits: readonly Hit[], style: Style): string {
  const shown = hits.slice(0, MOST_HITS);
  const columns = columnsFor(shown.map(({ page }) => page));
  const left = hits.length - shown.length;
  return [
    `"${escapeText(asked)}" is no code; it is found in ${hits.length === 1 ? 'one page' : `${hits.length} pages`}:`,
    '',
    ...shown.flatMap(({ page, excerpt }) => [
      lineOf(page, columns, style),
      ...(excerpt === undefined ? [] : [style.colors.dim(paragraph(excerpt, style, '      '))]),
    ]),
    ...(left > 0 ? ['', `and in ${left} more: another word finds fewer.`] : []),
    '',
  ].join('\n');
}

function columnsFor(pages: readonly Page[]): number {
  return Math.max(...pages.map(({ code }) => code.length)) + 2;
}

function lineOf({ code, title }: TitledPage, columns: number, style: Style): string {
  return paragraph(title, style, `  ${style.colors.bold(padTo(code, columns))}`, columns + 2);
}
