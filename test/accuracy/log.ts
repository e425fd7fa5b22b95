/**
 * The log of a run: a line of JSON for each network that was judged, written at once, so that a run that was ended can
 * be continued.
 *
 * @module
 */

import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Case } from './cases.ts';
import type { Judgement } from './judge.ts';

/** One network of a run. */
export interface Judged {
  readonly seed: number;
  readonly index: number;
  readonly tried: Case;
  /** Why it could not be judged, instead: a mistake of the generator, or of the machine. */
  readonly judgement: Judgement | { readonly error: string };
}

/** What is in the log, of that seed; nothing when there is no log. */
export function readLog(file: string, seed: number): readonly Judged[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Judged).filter((judged) => judged.seed === seed);
}

/** Begin an empty one. */
export function newLog(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

/** Add a line. */
export function appendLog(file: string, judged: Judged): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(judged)}\n`);
}
