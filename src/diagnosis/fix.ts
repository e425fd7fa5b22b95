/**
 * A repair as the commands that make it.
 *
 * @module
 */

import { applyEdit } from '../host/apply.ts';
import { type Command, commandsOf } from '../host/commands.ts';
import type { Repair } from '../host/edit.ts';
import type { Host } from '../host/host.ts';
import { undoLosses } from '../host/undo-losses.ts';
import type { FixCommand } from './diagnosis.ts';

/** @param host As it is before the repair: each edit's commands are written for the host after the ones before it. */
export function fixOf(host: Host, repair: Repair): readonly FixCommand[] {
  const commands: Command[] = [];
  const losses = new Set<string>();
  let now = host;
  for (const edit of repair.edits) {
    commands.push(...commandsOf(now, edit));
    const lost = undoLosses(now, edit);
    if (lost !== undefined) losses.add(lost);
    now = applyEdit(now, edit);
  }
  const said = [...(repair.sideEffects === undefined ? [] : [repair.sideEffects]), ...losses];
  const sideEffects = said.length === 0 ? undefined : said.join('. ');
  return commands.map(({ argv, undo }) => ({ argv, undo, intent: repair.intent, sideEffects }));
}
