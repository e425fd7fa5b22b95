/**
 * `node .config/code-cache.mjs SCRIPT FILE WORD...`: runs the bundled command line with these words, and writes to FILE
 * what V8 had compiled of it by the end, for src/cli/start.ts.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

const [node, , path, file, ...words] = process.argv;
const script = new Script(readFileSync(path, 'latin1'), { filename: path });
process.argv = [node, path, ...words];
process.on('exit', () => writeFileSync(file, script.createCachedData()));
script.runInThisContext()(createRequire(path), path);
