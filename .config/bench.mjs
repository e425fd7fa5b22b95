/**
 * Runs test/bench/run.ts, which Node 20 cannot read itself: bundled first, into a folder of node_modules, from where
 * its packages are found.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const outfile = join(ROOT, 'node_modules/.cache/nsdiag/bench.mjs');

await build({
  absWorkingDir: ROOT,
  entryPoints: ['test/bench/run.ts'],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
});
process.exitCode =
  spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
