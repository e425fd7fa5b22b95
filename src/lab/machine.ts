/**
 * Where a lab is built: on this machine, or in a private world that is entered from here.
 *
 * @module
 */

import { type Argv, type RunOptions, type RunResult, run } from '../system/run.ts';
import { networkOf, WORLD_VARIABLE } from '../system/world.ts';

/** A machine that commands can be run on. A `PrivateWorld` is one. */
export interface Machine {
  /** Nobody but the lab lives there. */
  readonly isPrivate: boolean;
  /** Where its files are seen from here: '' or `/proc/PID/root`. */
  readonly root: string;
  /** The inode of its own network namespace, the lab's `host`. */
  readonly network: string;
  readonly run: (argv: Argv, options?: RunOptions) => Promise<RunResult>;
}

/** The machine that nsdiag runs on, which is private when that is a world. */
export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  return { isPrivate: Boolean(env[WORLD_VARIABLE]), root: '', network: networkOf('self'), run };
}
