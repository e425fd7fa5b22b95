/**
 * nsdiag itself, as a command.
 *
 * @module
 */

import type { Argv } from './run.ts';

/** What runs this very nsdiag again, installed or not: the Node and the script that we are. */
export function ownCommand(): Argv {
  const [node, script] = process.argv;
  if (node === undefined || script === undefined) throw new Error('a process without a name');
  return [node, script];
}
