/**
 * A shell in a private world with a lab up. Leaving the shell leaves nothing.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { shellLine } from '../report/shell-quote.ts';
import type { Argv } from '../system/run.ts';
import { PrivateWorld } from '../system/world.ts';
import type { FoundLab } from './find.ts';
import type { Say } from './perform.ts';
import { bringUp } from './up.ts';

/** In the world's own /run, and first on its PATH: `nsdiag` there is this one, installed or not. */
const OWN_BIN = '/run/nsdiag/bin';

export interface ShellOptions {
  /** The program; what it answers is its own affair. */
  readonly shell: string;
  readonly nsdiag: Argv;
  readonly path: string;
  readonly say: Say;
  /** Called when the lab is up, before the shell begins. */
  readonly ready: () => void;
  readonly signal: AbortSignal;
}

/**
 * Open the shell on our own terminal and wait until it is left.
 *
 * @throws Failure when the lab cannot come up, or when the signal is aborted: then the shell has been ended.
 */
export async function openLabShell(found: FoundLab, options: ShellOptions): Promise<void> {
  const { shell, nsdiag, path, say, ready, signal } = options;
  const world = await PrivateWorld.open();
  const close = (): void => void world.close();
  try {
    await bringUp(found, { machine: world, say, signal });
    mkdirSync(`${world.root}${OWN_BIN}`);
    writeFileSync(`${world.root}${OWN_BIN}/nsdiag`, `#!/bin/sh\nexec ${shellLine(nsdiag)} "$@"\n`, { mode: 0o755 });
    ready();
    signal.addEventListener('abort', close);
    await world.attach(['env', `PATH=${OWN_BIN}:${path}`, shell]);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', close);
    await world.close();
  }
}
