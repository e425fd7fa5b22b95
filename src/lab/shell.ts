/**
 * A shell in a private world with a lab up. Leaving the shell leaves nothing.
 *
 * @module
 */

import { PrivateWorld } from '../system/world.ts';
import type { FoundLab } from './find.ts';
import type { Say } from './perform.ts';
import { bringUp } from './up.ts';

/**
 * Open the shell on our own terminal and wait until it is left.
 *
 * @param shell The program; whatever it answers is its own affair.
 * @param ready Called when the lab is up, before the shell begins.
 * @throws Failure when the lab cannot come up, or when the signal is aborted: then the shell has been ended.
 */
export async function openLabShell(
  found: FoundLab,
  { shell, say, ready, signal }: { shell: string; say: Say; ready: () => void; signal: AbortSignal },
): Promise<void> {
  const world = await PrivateWorld.open();
  const close = (): void => void world.close();
  try {
    await bringUp(found, { machine: world, say, signal });
    ready();
    signal.addEventListener('abort', close);
    await world.attach([shell]);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener('abort', close);
    await world.close();
  }
}
