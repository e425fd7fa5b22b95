/**
 * Expectations and what came of them, for a person. The grammar of the lines stands in ../README.md.
 *
 * @module
 */

import { becauseOf, type CheckResult, type CheckRun, checkSummary, tallyOf } from '../check.ts';
import { readText } from '../looked-facts.ts';
import { shellLine } from '../shell-quote.ts';
import { paragraph, type Style } from './style.ts';

const SIGNS = { holds: '✓', fails: '✗', undecided: '?', 'not-asked': '!' } as const;
const PAINTS = { holds: 'green', fails: 'red', undecided: 'yellow', 'not-asked': 'red' } as const;

export function checkText(run: CheckRun, style: Style): string {
  const { fails, undecided, notAsked } = tallyOf(run.results);
  const kind = fails > 0 ? 'fails' : notAsked > 0 ? 'not-asked' : undecided > 0 ? 'undecided' : 'holds';
  const outcome = paragraph(checkSummary(run), style, `${SIGNS[kind]} `).slice(2);
  const looked = run.results.find(({ diagnosis }) => diagnosis !== undefined)?.diagnosis?.looked;
  return [
    `${style.colors[PAINTS[kind]](SIGNS[kind])} ${style.colors.bold(outcome)}`,
    '',
    ...run.results.map((result, index) => resultText(result, index, style)),
    ...(looked === undefined ? [] : ['', paragraph(readText(looked), style, 'Looked  ')]),
    '',
  ].join('\n');
}

function resultText(result: CheckResult, index: number, style: Style): string {
  const { name, held, line, diagnosis } = result;
  const label = `  ${SIGNS[held.kind]} ${index + 1} `;
  const because = becauseOf(result);
  const head = paragraph(because === undefined ? name : `${name} (line ${line})`, style, label);
  const [cause] = diagnosis?.causes ?? [];
  const isLoss = held.kind === 'fails' && diagnosis?.verdict === 'unreachable';
  return [
    head.replace(SIGNS[held.kind], style.colors[PAINTS[held.kind]](SIGNS[held.kind])),
    ...(because === undefined ? [] : [labelled('because', because, style)]),
    ...(isLoss && cause !== undefined
      ? [labelled('cause', `${cause.finding.code} in ${cause.finding.netns}`, style)]
      : []),
    ...(isLoss ? (diagnosis?.causes ?? []).flatMap(({ fix }) => fix) : []).map(
      ({ argv }) => `    ${style.colors.bold(shellLine(argv))}`,
    ),
  ].join('\n');
}

function labelled(name: string, text: string, style: Style): string {
  return paragraph(text, style, `      ${style.colors.cyan(name.padEnd(9))}`, 15);
}
