/**
 * Every command of nsdiag. Their modules are loaded when they are asked for: `nsdiag --version` loads none.
 *
 * @module
 */

import type { CommandModule } from './command.ts';

interface CommandEntry {
  readonly name: string;
  /** One line of `nsdiag --help`. */
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** In the order of `nsdiag --help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'doctor',
    summary: 'say what this machine has of all that nsdiag uses',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'lab',
    summary: 'practice networks: build one, break it, find out why',
    load: () => import('./commands/lab.ts'),
  },
  {
    name: 'demo',
    summary: 'the tour: build a network, break it four times, repair it as told',
    load: () => import('./commands/demo.ts'),
  },
];
