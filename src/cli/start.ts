/**
 * Where nsdiag begins: `bin/nsdiag.js` imports the bundle of this file, and importing it runs the command line.
 *
 * `--version` is answered at once. All the rest is one script, and V8 takes longer to compile it than the model to walk: so it comes with its compiled
 * code (.config/code-cache.mjs). V8 takes that only from the very same V8, flags and source, and compiles otherwise. It
 * lies beside the script, where only whoever may change the script may change it. Measured: `why` takes 40 ms less.
 *
 * Source: vm.Script, `cachedData`.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { VERSION } from './version.ts';

const SCRIPT = fileURLToPath(new URL('./nsdiag.cjs', import.meta.url));

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) process.stdout.write(`${VERSION}\n`);
else run();

function run(): void {
  // ASCII, as the build makes it; decoding UTF-8 would take longer.
  const script = new Script(readFileSync(SCRIPT, 'latin1'), { filename: SCRIPT, ...compiledBefore() });
  script.runInThisContext()(createRequire(SCRIPT), SCRIPT);
}

function compiledBefore(): { readonly cachedData?: Buffer } {
  try {
    return { cachedData: readFileSync(`${SCRIPT}.compiled`) };
  } catch {
    return {}; // built where it could not be made: nothing but slower
  }
}
