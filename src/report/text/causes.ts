/**
 * Every cause: its code and leg, what is wrong and where, the kernel's rule, who says so, and what the fix changes besides.
 *
 * @module
 */

import type { Cause, Diagnosis, FixCommand } from '../../diagnosis/diagnosis.ts';
import type { Evidence } from '../../faults/finding.ts';
import { escapeText } from '../escape.ts';
import { shellLine } from '../shell-quote.ts';
import { displayWidth } from '../width.ts';
import { LABEL_COLUMNS, label, labelled } from './labelled.ts';
import { paragraph, type Style } from './style.ts';

/** @returns `undefined` when there is no cause. */
export function causesText(diagnosis: Diagnosis, style: Style): string | undefined {
  if (diagnosis.causes.length === 0) return undefined;
  return diagnosis.causes.map((cause, index) => causeText(cause, index, diagnosis, style)).join('\n\n');
}

function causeText(cause: Cause, index: number, diagnosis: Diagnosis, style: Style): string {
  const { code, leg, what } = cause.finding;
  const isOnly = diagnosis.causes.length === 1;
  const head = paragraph(`${code} (${leg}): ${what}`, style, isOnly ? 'Cause: ' : `Cause ${index + 1}: `);
  return [
    head.replace(code, style.colors.bold(style.colors.red(code))),
    ...causeReasons(cause, style, diagnosis.wire?.observation.command),
    ...fixNotes(cause, style),
    ...alternativesText(cause, isOnly, style),
  ].join('\n');
}

/** The kernel's rule, and who says that it struck. @param probe The command that stands elsewhere in the report. */
export function causeReasons({ finding }: Cause, style: Style, probe: readonly string[] = []): readonly string[] {
  return [labelled('why', finding.why, style), ...finding.evidence.map((line) => evidenceText(line, probe, style))];
}

/** The command stands behind what it shows where it fits, and below where it does not. */
function evidenceText({ witness, text, command }: Evidence, probe: readonly string[], style: Style): string {
  const shown = text
    .split('\n')
    .map((line, index) => labelled(index === 0 ? witness : '', line, style))
    .join('\n');
  // The probe stands at the end of the report, once.
  if (command === undefined || shellLine(command) === shellLine(probe)) return shown;
  const line = `$ ${shellLine(command)}`;
  const fits = displayWidth(escapeText(text)) + displayWidth(line) + LABEL_COLUMNS + 3 <= style.columns;
  return `${shown}${fits && !text.includes('\n') ? '   ' : `\n${label('', style)}`}${style.colors.dim(line)}`;
}

/** What the fix is for, and what else it changes; said once where several commands share it. */
export function fixNotes({ fix }: Cause, style: Style): readonly string[] {
  const intents = distinct(fix, ({ intent }) => intent);
  return [
    ...intents.map((intent, index) => labelled(index === 0 ? 'fix' : '', intent, style)),
    ...sideEffectsText(fix, style),
  ];
}

function sideEffectsText(fix: readonly FixCommand[], style: Style): readonly string[] {
  return distinct(fix, (command) => command.sideEffects).map((effect) => labelled('besides', effect, style));
}

/** The other ways to repair it: with their commands, and what those change besides, when this is the only cause, or one screen would not hold them. */
export function alternativesText({ alternatives }: Cause, withCommands: boolean, style: Style): readonly string[] {
  return alternatives.flatMap(({ intent, fix }) => [
    labelled('or', intent, style),
    ...(withCommands ? fix.map(({ argv }) => `${label('', style)}${shellLine(argv)}`) : []),
    ...(withCommands ? sideEffectsText(fix, style) : []),
  ]);
}

function distinct(fix: readonly FixCommand[], of: (command: FixCommand) => string | undefined): readonly string[] {
  return [...new Set(fix.flatMap((command) => of(command) ?? []))];
}
