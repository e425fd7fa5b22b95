/**
 * `node .config/code-cache.mjs SCRIPT WORD...`: runs the bundled command line that lies beside this script (it may be the
 * script) with these words, and writes to SCRIPT.compiled what V8 had compiled of the script by the end, for src/cli/start.ts.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const [node, , path, ...words] = process.argv;
const main = join(dirname(path), 'nsdiag.cjs');
process.argv = [node, main, ...words];
load(main);

/** @param {string} file */
function load(file) {
  const script = new Script(readFileSync(file, 'latin1'), { filename: file });
  if (file === path) process.on('exit', () => writeFileSync(`${file}.compiled`, script.createCachedData()));
  const require = createRequire(file);
  const module = { exports: {} };
  const isWanted = (/** @type {string} */ id) => join(dirname(file), id) === path;
  script.runInThisContext()((/** @type {string} */ id) => (isWanted(id) ? load(path) : require(id)), module, file);
  return module.exports;
}
