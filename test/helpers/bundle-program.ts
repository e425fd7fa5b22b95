/**
 * A program of a test as one script: what runs it is Node 20, which runs no TypeScript.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

/** @param program TypeScript that imports from src/. @param outfile Where to write it, an `.mjs`. */
export async function bundleProgram(program: string, outfile: string): Promise<void> {
  await build({
    stdin: { contents: program, resolveDir: SOURCES, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    // CommonJS packages ask for Node's modules by require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}
