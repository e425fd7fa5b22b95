/**
 * The host of a world, collected in it from the sources: what nsdiag run there would see.
 *
 * The collector is bundled once for each test process (Node 20 runs no TypeScript) and run inside the world.
 *
 * @module
 */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Host } from '../../src/host/host.ts';
import { readRecording } from '../../src/recording/read-recording.ts';
import type { Recording } from '../../src/recording/recording.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import type { Argv, RunResult } from '../../src/system/run.ts';
import type { World } from './world.ts';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const PROGRAM = `
  import { collect } from './collect/collect.ts';
  import { writeRecording } from './recording/read-recording.ts';
  process.stdout.write(writeRecording(await collect({ version: 'test' })));
`;

let bundled: Promise<string> | undefined;

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
  const [program, ...args] = [...how, ...(await collectorArgv())];
  return world.run([program ?? process.execPath, ...args]);
}

/** The command that collects, and prints a recording. */
export async function collectorArgv(): Promise<Argv> {
  bundled ??= bundle();
  return [process.execPath, await bundled];
}

async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-test-'));
  // For tests that collect as somebody else.
  chmodSync(folder, 0o755);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'collect.mjs');
  await build({
    stdin: { contents: PROGRAM, resolveDir: SOURCES, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    // CommonJS packages ask for Node's modules by require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}
