/**
 * Before the live tests: the collector is bundled, once for all of them (Node 20 runs no TypeScript); it goes when they
 * are over.
 *
 * @module
 */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleProgram } from './bundle-program.ts';

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
  await bundleProgram(PROGRAM, outfile);
  project.provide('collector', outfile);
  return () => rmSync(folder, { recursive: true, force: true });
}
