/**
 * The host of a world, collected in it from the sources: what nsdiag run there would see.
 *
 * The collector is bundled before the tests (collector-setup.ts) and run inside the world.
 *
 * @module
 */

import { inject } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { readRecording } from '../../src/recording/read-recording.ts';
import type { Recording } from '../../src/recording/recording.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import type { Argv, RunResult } from '../../src/system/run.ts';
import type { World } from './world.ts';

/** All namespaces of the world, as they are now. */
export async function collectIn(world: World): Promise<Host> {
  return hostOf(await recordIn(world));
}

/**
 * What the commands printed in all namespaces of the world.
 *
 * @param how A command that runs the collector otherwise than as root with all tools: `['setpriv', ...]`.
 */
export async function recordIn(world: World, how: readonly string[] = []): Promise<Recording> {
  const { stdout, stderr, exitCode } = await runCollector(world, how);
  const read = exitCode === 0 ? readRecording(stdout) : undefined;
  if (read?.kind !== 'recording') throw new Error(`the world could not be collected: ${stderr}${JSON.stringify(read)}`);
  return read.recording;
}

/** The collector as a program, to be interrupted or to fail. */
async function runCollector(world: World, how: readonly string[] = []): Promise<RunResult> {
  const [program, ...args] = [...how, ...collectorArgv()];
  return world.run([program ?? process.execPath, ...args]);
}

/** The command that collects, and prints a recording. */
export function collectorArgv(): Argv {
  return [process.execPath, inject('collector')];
}
