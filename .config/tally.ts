/**
 * Counts a test run for the closing line of `npm test` and writes the count where test.mjs reads it.
 *
 * What is not a test but went wrong counts as failed: a file that does not load, a hook that throws, an error that
 * nobody awaited, a test that was begun and never ended. A green run that looked at nothing is impossible only if
 * everything is counted.
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** How many tests were skipped for which reason. */
  readonly skippedBecause: Readonly<Record<string, number>>;
  /** Tests that passed only when they were run again: counted as passed, and told. */
  readonly triedAgain: readonly string[];
}

export class TallyReporter implements Reporter {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    writeFileSync(this.#path, JSON.stringify(count(modules, unhandledErrors)));
  }
}

function count(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Tally {
  let passed = 0;
  let failed = unhandledErrors.length;
  let skipped = 0;
  const skippedBecause: Record<string, number> = {};
  const triedAgain: string[] = [];
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') {
        passed++;
        if (test.diagnostic()?.flaky === true) triedAgain.push(`${module.relativeModuleId}: ${test.fullName}`);
      } else if (result.state === 'skipped') {
        skipped++;
        const reason = result.note ?? `no reason given, in ${module.relativeModuleId}`;
        skippedBecause[reason] = (skippedBecause[reason] ?? 0) + 1;
      } else failed++;
    }
  }
  return { passed, failed, skipped, skippedBecause, triedAgain };
}
