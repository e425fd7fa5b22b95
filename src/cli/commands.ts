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
    name: 'why',
    summary: 'say whether a packet gets there; if not: where it dies, why, what repairs it',
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'explain',
    summary: 'say what a fault code means',
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'doctor',
    summary: 'say what this machine has of all that nsdiag uses',
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'snapshot',
    summary: 'keep the state of every namespace in a file, to be asked later and elsewhere',
    load: () => import('./commands/snapshot.ts'),
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
