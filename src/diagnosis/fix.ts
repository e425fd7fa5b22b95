/**
 * A repair as the commands that make it.
 *
 * @module
 */

import { applyEdit } from '../host/apply.ts';
import { commandsOf } from '../host/commands.ts';
import type { Repair } from '../host/edit.ts';
import type { Host } from '../host/host.ts';
import type { FixCommand } from './diagnosis.ts';

/** @param host As it is before the repair: each edit's commands are written for the host after the ones before it. */
export function fixOf(host: Host, repair: Repair): readonly FixCommand[] {
  const commands: FixCommand[] = [];
  let now = host;
  for (const edit of repair.edits) {
    for (const { argv, undo } of commandsOf(now, edit)) {
      commands.push({ argv, undo, intent: repair.intent, sideEffects: repair.sideEffects });
    }
    now = applyEdit(now, edit);
  }
  return commands;
}
