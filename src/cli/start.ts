/**
 * Where nsdiag begins: `bin/nsdiag.js` imports the bundle of this file, and importing it runs the command line.
 *
 * `--version` is answered at once. All the rest is one script, and another one of what goes through captures, and V8 takes longer
 * to compile them than the model to walk: so they come with their compiled code (.config/code-cache.mjs). V8 takes that
 * only from the very same V8, flags and source, and compiles otherwise. It lies beside the script, where only whoever may
 * change the script may change it. Measured: `why` takes 40 ms less, `analyze` of a small capture 42.
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

const MAIN = './nsdiag.cjs';
/** By the name that MAIN requires them by: scripts with compiled code that only some commands load. */
const loaded = new Map<string, unknown>([['./read-captures.cjs', undefined]]);

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) process.stdout.write(`${VERSION}\n`);
else load(MAIN);

/** @returns What it exports. */
function load(name: string): unknown {
  const path = fileURLToPath(new URL(name, import.meta.url));
  // ASCII, as the build makes it; decoding UTF-8 would take longer.
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, ...compiledBefore(path) });
  const require = createRequire(path);
  const module = { exports: {} };
  script.runInThisContext()((id: string) => (loaded.has(id) ? loadOnce(id) : require(id)), module, path);
  return module.exports;
}

function loadOnce(name: string): unknown {
  const exported = loaded.get(name) ?? load(name);
  loaded.set(name, exported);
  return exported;
}

function compiledBefore(path: string): { readonly cachedData?: Buffer } {
  try {
    return { cachedData: readFileSync(`${path}.compiled`) };
  } catch {
    return {}; // built where it could not be made: nothing but slower
  }
}
