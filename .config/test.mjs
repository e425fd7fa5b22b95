/**
 * `npm test`: the whole suite under vitest, then, alone on the last line, `N passed, N failed` (and `, N skipped`
 * when tests were skipped, each reason with its count above it).
 *
 *     node .config/test.mjs [what vitest takes, e.g. test/net]
 *
 * Exit: 0 all that ran passed, 1 something failed, or nothing ran.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'nsdiag-tally-'));
const tallyFile = join(folder, 'tally.json');

const { status } = spawnSync(
  process.execPath,
  [
    join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    join(ROOT, '.config/vitest.config.ts'),
    ...process.argv.slice(2),
  ],
  { cwd: ROOT, env: { ...process.env, NSDIAG_TALLY: tallyFile }, stdio: ['ignore', 'inherit', 'inherit'] },
);

const finished = existsSync(tallyFile);
/** @type {import('./tally.ts').Tally} */
const tally = finished
  ? JSON.parse(readFileSync(tallyFile, 'utf8'))
  : { passed: 0, failed: 1, skipped: 0, skippedBecause: {}, triedAgain: [] };
rmSync(folder, { recursive: true });

if (!finished) console.log(`vitest ended with ${status} before it had run the tests: counted as one failure`);
for (const [reason, tests] of Object.entries(tally.skippedBecause)) console.log(`skipped ${tests}: ${reason}`);
for (const name of tally.triedAgain) console.log(`passed only on the second try: ${name}`);
if (tally.passed + tally.failed === 0) console.log('no test ran');
else if (status !== 0 && tally.failed === 0) console.log(`every test passed, and yet vitest ended with ${status}`);

const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
console.log(`${tally.passed} passed, ${tally.failed} failed${skipped}`);
process.exitCode = status === 0 && tally.failed === 0 && tally.passed > 0 ? 0 : 1;
