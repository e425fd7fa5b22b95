/**
 * Takes a lab back, to nothing.
 *
 * @module
 */

import { shellLine } from '../report/shell-quote.ts';
import { CleanupStack } from '../system/cleanup.ts';
import { Failure } from '../system/failure.ts';
import { requireRoot } from '../system/world.ts';
import type { Machine } from './machine.ts';
import { nearest } from './nearest.ts';
import type { Say } from './perform.ts';
import { nameOf, removal, takeBack } from './record.ts';
import { labsUp, StateFile } from './state-file.ts';

/**
 * Take down a lab that is up.
 *
 * @throws Failure when it is not up, or when something of it cannot be removed; that stays recorded, and so a second
 * try finds it.
 */
export async function takeDown(machine: Machine, lab: string, say: Say): Promise<void> {
  requireRoot(`Cannot take down lab "${lab}"`);
  const state = stateOfLabUp(machine, lab, 'take down');
  const left = await takeAllBack(machine, state, say);
  if (left !== undefined) throw left;
}

/** The state of a lab that must be up. @param action What cannot be done otherwise, in the imperative. */
export function stateOfLabUp(machine: Machine, lab: string, action: string): StateFile {
  const state = StateFile.read(machine, lab);
  if (state !== undefined) return state;
  const up = labsUp(machine);
  const meant = nearest(lab, up);
  const hint = meant === undefined ? `Labs that are up: ${up.join(', ') || 'none'}` : `Did you mean ${meant}?`;
  throw new Failure('not-found', `Cannot ${action} lab "${lab}": it is not up`, hint);
}

/**
 * Remove all that a lab has made, the last thing first, and then its state.
 *
 * @returns A Failure that says what is left and how it is removed by hand; `undefined` when nothing is.
 */
export async function takeAllBack(machine: Machine, state: StateFile, say: Say): Promise<Failure | undefined> {
  const stack = new CleanupStack();
  for (const entry of state.made) {
    const byHand = shellLine(removal(entry));
    stack.push({
      what: nameOf(entry),
      byHand,
      undo: async () => {
        const became = await takeBack(machine, entry);
        if (became === 'removed') say(byHand);
        if (became === 'not-ours')
          say(`# ${nameOf(entry)} is another one by now, which this lab did not make: left alone`);
        if (became === 'not-empty') say(`# ${nameOf(entry)} holds more than this lab has put there: left alone`);
        state.forget(entry);
      },
    });
  }
  const failures = await stack.close();
  if (failures.length === 0) {
    state.remove();
    return undefined;
  }
  return new Failure(
    'command-failed',
    `Cannot take back all of lab "${state.lab}": ${failures.map(({ what }) => what).join(', ')} is still there`,
    ['Remove it by hand, then take the lab down again:', ...failures.map(({ byHand }) => byHand)].join('\n'),
    failures.map(({ what, because }) => `${what}: ${because}`).join('\n'),
  );
}
