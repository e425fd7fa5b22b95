/**
 * What the model of a snapshot says of a finding: the cause and the fix as `nsdiag why` would give them, or why there is
 * none. A cause that was told already is only named again.
 *
 * @module
 */

import type { Cause, Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Answer } from '../../inquest/inquest.ts';
import { unreachable } from '../../net/unreachable.ts';
import { shellLine } from '../shell-quote.ts';
import { alternativesText, causeReasons, fixNotes } from './causes.ts';
import { LABEL_COLUMNS, labelled } from './labelled.ts';
import type { Style } from './style.ts';

/** @param told Causes that were given in full already. */
export function answerLines(answer: Answer, style: Style, told: Set<string>): readonly string[] {
  const line = (name: string, text: string) => labelled(name, text, style);
  switch (answer.kind) {
    case 'not-asked':
    case 'open':
      return [line('model', answer.why)];
    case 'explained': {
      const { causes } = answer.diagnosis;
      const key = JSON.stringify(causes.map(({ finding }) => [finding.code, finding.netns, finding.what]));
      if (told.has(key)) return [line('cause', `as above: ${causes.map(placeText).join(', then ')}`)];
      told.add(key);
      return [...causes.flatMap((cause) => causeLines(cause, style)), line('proof', proofText(answer.diagnosis))];
    }
    default:
      return unreachable(answer);
  }
}

function causeLines(cause: Cause, style: Style): readonly string[] {
  const { code, leg, what } = cause.finding;
  const head = labelled('cause', `${code} (${leg}): ${what}`, style);
  return [
    head.replace(code, style.colors.bold(style.colors.red(code))),
    ...causeReasons(cause, style),
    ...fixNotes(cause, style),
    ...cause.fix.map(({ argv }) => `${' '.repeat(LABEL_COLUMNS)}${style.colors.bold(shellLine(argv))}`),
    ...alternativesText(cause, true, style),
  ];
}

function placeText({ finding: { code, netns } }: Cause): string {
  return `${code} in ${netns}`;
}

function proofText({ causes, proof, question }: Diagnosis): string {
  const commands = causes.flatMap(({ fix }) => fix);
  if (commands.length === 0) return 'No command repairs this';
  const order = commands.length === 1 ? 'it' : 'these commands, in this order,';
  return proof === undefined
    ? `The model does not get the packet there with ${order} alone`
    : `Walked on the model: with ${order} ${question.netns} reaches ${question.destination}`;
}
