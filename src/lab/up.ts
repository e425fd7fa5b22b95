/**
 * Brings a lab up, or breaks one that is up.
 *
 * @module
 */

import { Failure } from '../system/failure.ts';
import { requireRoot } from '../system/world.ts';
import { stateOfLabUp, takeAllBack } from './down.ts';
import { type FoundLab, labFrom } from './find.ts';
import type { Machine } from './machine.ts';
import { nearest } from './nearest.ts';
import { obstaclesTo } from './obstacles.ts';
import { performSteps, type Say } from './perform.ts';
import { planFault, planLab } from './plan.ts';
import { givePrivateEtc } from './private-etc.ts';
import type { Fault, Lab } from './schema.ts';
import { StateFile } from './state-file.ts';

/** What is needed to change a machine: where, who is told, and when to stop. */
export interface LabWork {
  readonly machine: Machine;
  /** Told each command before it runs. */
  readonly say: Say;
  readonly signal: AbortSignal;
}

/**
 * Build a lab.
 *
 * @throws Failure when it is up already, when something is in its way, when a command fails, or when the signal is
 * aborted. Then all that was made has been taken back.
 */
export async function bringUp({ lab, text }: FoundLab, { machine, say, signal }: LabWork): Promise<void> {
  requireRoot(`Cannot bring up lab "${lab.name}"`);
  const state = StateFile.create(machine, lab.name, text);
  try {
    if (machine.isPrivate && writesFiles(lab)) await givePrivateEtc(machine);
    const obstacles = await obstaclesTo(lab, machine);
    if (obstacles.length > 0) {
      throw new Failure(
        'usage',
        `Cannot bring up lab "${lab.name}": ${obstacles.join('; ')}`,
        `Leave it as it is and use a private world: nsdiag lab shell ${lab.name}`,
      );
    }
    await performSteps(planLab(lab), { machine, state, say, signal });
  } catch (error) {
    if (state.made.length > 0) say('# it cannot be finished: taking back what was made');
    const left = await takeAllBack(machine, state, say);
    if (left !== undefined) say(`# ${left.message}; nsdiag lab down ${lab.name} tries again`);
    throw error;
  }
}

function writesFiles(lab: Lab): boolean {
  return lab.resolvers.length > 0 || lab.faults.some(({ resolvers }) => resolvers.length > 0);
}

/**
 * Inject a fault into a lab that is up.
 *
 * @returns The fault.
 * @throws Failure when the lab is not up, there is no such fault, or it is there already.
 */
export async function breakLab(name: string, faultName: string, { machine, say, signal }: LabWork): Promise<Fault> {
  requireRoot(`Cannot break lab "${name}"`);
  const state = stateOfLabUp(machine, name, 'break');
  const { lab } = labFrom(state.text, name);
  const fault = findFault(lab, faultName);
  if (state.faults.includes(fault.name)) {
    throw new Failure('usage', `Cannot break lab "${name}": ${fault.name} is in it already`);
  }
  // Noted first: a fault that went in halfway is in.
  state.addFault(fault.name);
  await performSteps(planFault(fault), { machine, state, say, signal });
  return fault;
}

function findFault(lab: Lab, asked: string): Fault {
  const fault = lab.faults.find(({ name }) => name === asked);
  if (fault !== undefined) return fault;
  const names = lab.faults.map(({ name }) => name);
  const meant = nearest(asked, names);
  throw new Failure(
    'not-found',
    `Cannot break lab "${lab.name}": it has no fault called "${asked}"`,
    meant === undefined ? `It has ${names.join(', ') || 'none'}` : `Did you mean ${meant}?`,
  );
}
