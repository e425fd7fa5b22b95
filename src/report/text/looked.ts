/**
 * The last lines of a report: how it was asked, how much was looked at, and what is not known.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { lookedFacts } from '../looked-facts.ts';
import { shellLine } from '../shell-quote.ts';
import { paragraph, type Style } from './style.ts';

const LABEL_COLUMNS = 8;

/** A report that looked at little says so here. */
export function lookedText(diagnosis: Diagnosis, style: Style): string {
  const { dim, yellow } = style.colors;
  return [
    ...(diagnosis.notes.length === 0
      ? []
      : [yellow('Notes'), ...diagnosis.notes.map((note) => paragraph(note, style, '- ')), '']),
    ...lookedFacts(diagnosis).flatMap(({ label, text, command }) => [
      paragraph(text, style, label.padEnd(LABEL_COLUMNS)),
      ...(command === undefined ? [] : [`${' '.repeat(LABEL_COLUMNS)}${dim(`$ ${shellLine(command)}`)}`]),
    ]),
  ].join('\n');
}
