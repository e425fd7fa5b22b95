/**
 * The host of a world, collected in it from the sources: what nsdiag run there would see.
 *
 * The collector is bundled once for each test process (Node 20 runs no TypeScript) and run inside the world.
 *
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Host } from '../../src/host/host.ts';
import { readRecording } from '../../src/recording/read-recording.ts';
import { hostOf } from '../../src/recording/to-host.ts';
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
  bundled ??= bundle();
  const { stdout, stderr, exitCode } = await world.run([process.execPath, await bundled]);
  const read = exitCode === 0 ? readRecording(stdout) : undefined;
  if (read?.kind !== 'recording') throw new Error(`the world could not be collected: ${stderr}${JSON.stringify(read)}`);
  return hostOf(read.recording);
}

async function bundle(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-test-'));
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
