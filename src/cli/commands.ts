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
    summary: 'say where a packet dies, why, and what repairs it',
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'topo',
    summary: 'show what is wired to what, and what is odd about it',
    load: () => import('./commands/topo.ts'),
  },
  {
    name: 'capture',
    summary: 'follow packets through namespaces as they pass; keep them in one file',
    load: () => import('./commands/capture.ts'),
  },
  {
    name: 'watch',
    summary: 'stay, and say the moment it breaks or heals, and what change did it',
    load: () => import('./commands/watch.ts'),
  },
  {
    name: 'matrix',
    summary: 'say who reaches whom, and what breaks the rest',
    load: () => import('./commands/matrix.ts'),
  },
  {
    name: 'check',
    summary: 'hold the network against a file of expectations, as a test run',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'analyze',
    summary: 'say what went wrong in saved captures',
    load: () => import('./commands/analyze.ts'),
  },
  {
    name: 'extcap',
    summary: "list every namespace's devices in Wireshark",
    load: () => import('./commands/extcap.ts'),
  },
  {
    name: 'snapshot',
    summary: 'keep the state of every namespace in a file, to ask it later',
    load: () => import('./commands/snapshot.ts'),
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
    name: 'lab',
    summary: 'practice networks: build one, break it, find out why',
    load: () => import('./commands/lab.ts'),
  },
  {
    name: 'demo',
    summary: 'the tour: a network is built, broken four times, and repaired',
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'completion',
    summary: 'make bash, zsh or fish complete nsdiag',
    load: () => import('./commands/completion.ts'),
  },
];
