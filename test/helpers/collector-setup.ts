/**
 * Before the live tests: the collector is bundled, once for all of them (Node 20 runs no TypeScript); it goes when they
 * are over.
 *
 * @module
 */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));
const PROGRAM = `
  import { collect } from './collect/collect.ts';
  import { writeRecording } from './recording/read-recording.ts';
  process.stdout.write(writeRecording(await collect({ version: 'test' })));
`;

declare module 'vitest' {
  interface ProvidedContext {
    /** A program that collects, and prints a recording. */
    collector: string;
  }
}

export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-test-'));
  // For tests that collect as somebody else.
  chmodSync(folder, 0o755);
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
  project.provide('collector', outfile);
  return () => rmSync(folder, { recursive: true, force: true });
}
