/**
 * The commands that repair it, in the order to run them, each with what it is for; and, folded, those that take it back.
 *
 * @module
 */

import type { Diagnosis, FixCommand } from '../../diagnosis/diagnosis.ts';
import { shellLine } from '../shell-quote.ts';
import { NO_FIX, provenText } from '../text/outcome.ts';
import { type Markup, markup } from './markup.ts';
import { command, fold } from './parts.ts';

/** @returns `undefined` when nothing is wrong. */
export function fixMarkup(diagnosis: Diagnosis): Markup | undefined {
  if (diagnosis.causes.length === 0) return undefined;
  const commands = diagnosis.causes.flatMap(({ fix }) => fix);
  if (commands.length === 0) return markup`<p>${NO_FIX}</p>`;
  const order = commands.length === 1 ? 'As root.' : 'As root, in this order.';
  return markup`<p>${order} ${provenText(diagnosis)}</p>
${commandsMarkup(commands)}${allAtOnce(commands)}${undoMarkup(commands)}`;
}

/** Each command with what it is for, and what else it changes; a reason that several share is said once. */
export function commandsMarkup(commands: readonly FixCommand[]): Markup {
  return markup`${commands.map(({ argv, intent, sideEffects }, index) => {
    const isSaid = commands[index - 1]?.intent === intent;
    const besides = sideEffects === undefined ? '' : markup`<p class="faint">Besides: ${sideEffects}</p>\n`;
    return markup`${isSaid ? '' : markup`<p>${intent}</p>\n`}${command(shellLine(argv))}${besides}`;
  })}`;
}

function allAtOnce(commands: readonly FixCommand[]): Markup | undefined {
  if (commands.length === 1) return undefined;
  return fold('All of them, to be copied at once', command(commands.map(({ argv }) => shellLine(argv)).join('\n')));
}

/** The last command is taken back first. */
function undoMarkup(commands: readonly FixCommand[]): Markup | undefined {
  const undo = commands.flatMap((each) => each.undo ?? []).length === 0 ? [] : commands.toReversed();
  if (undo.length === 0) return undefined;
  const lines = undo.map(({ argv, undo: back }) =>
    back === undefined
      ? markup`<p class="faint">Not to be taken back by one command: <code>${shellLine(argv)}</code></p>\n`
      : command(shellLine(back)),
  );
  return fold('To take it back', lines);
}
