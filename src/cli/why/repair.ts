/**
 * The fix run for real, and the question asked again.
 *
 * @module
 */

import type { Diagnosis, FixCommand } from '../../diagnosis/diagnosis.ts';
import type { FixedDocument } from '../../report/json.ts';
import type { Failure } from '../../system/failure.ts';
import { ask, type Ground } from './ground.ts';
import { type FixRun, failureOf, runFix } from './run-fix.ts';
import type { WhyWords } from './words.ts';

/**
 * After a fix the first packets can still meet an entry that is about to be renewed (a bridge whose MAC has changed,
 * a neighbour that has failed): so often the wire is asked before the fix is said to have failed.
 */
const MOST_LOOKS = 3;

/** What came of it. */
export interface Repaired {
  readonly ran: readonly FixRun[];
  /** `undefined` when a command failed: then nothing was asked again. */
  readonly after: Diagnosis | undefined;
  readonly failure: Failure | undefined;
}

/** @param onRun Told of each command as soon as it has run. */
export async function repair(
  ground: Ground,
  words: WhyWords,
  commands: readonly FixCommand[],
  signal: AbortSignal,
  onRun: (ran: FixRun) => void,
): Promise<Repaired> {
  const ran = await runFix(commands, signal, onRun);
  const failure = failureOf(ran);
  return { ran, failure, after: failure === undefined ? await askAgain(ground, words) : undefined };
}

/** For the JSON: what ran, and the answer now. */
export function fixedDocument(ran: readonly FixRun[], { verdict, summary }: Diagnosis): FixedDocument {
  return {
    ran: ran.map(({ command, exitCode, stderr }) => ({ argv: command.argv, exitCode: exitCode ?? null, stderr })),
    verdict,
    summary,
  };
}

async function askAgain(ground: Ground, words: WhyWords): Promise<Diagnosis> {
  let { diagnosis } = await ask(ground, words);
  for (let looks = 1; looks < MOST_LOOKS && diagnosis.verdict !== 'reachable'; looks++) {
    ({ diagnosis } = await ask(ground, words));
  }
  return diagnosis;
}
