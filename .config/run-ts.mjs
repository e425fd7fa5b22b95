/**
 * `node .config/run-ts.mjs FILE.ts [ARGUMENT...]`: runs a TypeScript program, which Node 20 cannot read itself: bundled
 * first, into a folder of node_modules, from where its packages are found.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [entry, ...programArguments] = process.argv.slice(2);
const outfile = join(ROOT, 'node_modules/.cache/nsdiag', `${process.pid}.mjs`);

await build({
  absWorkingDir: ROOT,
  entryPoints: [entry],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [outfile, ...programArguments], { cwd: ROOT, stdio: 'inherit' });
rmSync(outfile);
process.exitCode = status ?? 1;
