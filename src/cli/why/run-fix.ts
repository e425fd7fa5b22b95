/**
 * Runs the commands of a fix, one by one, and stops at the first that fails.
 *
 * @module
 */

import type { FixCommand } from '../../diagnosis/diagnosis.ts';
import { isRunnable, shellLine } from '../../report/shell-quote.ts';
import { Failure } from '../../system/failure.ts';
import { type Argv, type RunResult, run } from '../../system/run.ts';

/** A fix takes milliseconds; what takes this long waits for a lock that somebody holds (iptables -w does). */
const TIMEOUT_MS = 30_000;

/** One command that was run, and how it went. */
export interface FixRun {
  readonly command: FixCommand;
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

/** @param onRun Called after each command, the failing one too. */
export async function runFix(
  commands: readonly FixCommand[],
  signal: AbortSignal,
  onRun: (ran: FixRun) => void,
): Promise<readonly FixRun[]> {
  const ran: FixRun[] = [];
  for (const command of commands) {
    // Between two commands only: a command that has begun is never cut off half-way.
    if (signal.aborted) throw new Failure('interrupted', 'Interrupted while running the fix', whatWasDone(ran));
    const [program, ...args] = command.argv;
    if (program === undefined) continue;
    if (!isRunnable(command.argv)) throw notRunnable(command, ran);
    const result = await run([program, ...args] satisfies Argv, { timeoutMs: TIMEOUT_MS });
    ran.push({ command, exitCode: result.exitCode, stderr: stderrOf(result) });
    onRun({ command, exitCode: result.exitCode, stderr: stderrOf(result) });
    if (result.exitCode !== 0) break;
  }
  return ran;
}

/** @returns `undefined` when every command went well. */
export function failureOf(ran: readonly FixRun[]): Failure | undefined {
  const last = ran.at(-1);
  if (last === undefined || last.exitCode === 0) return undefined;
  const how = last.exitCode === undefined ? 'it did not end' : `exit code ${last.exitCode}`;
  return new Failure(
    'command-failed',
    `Cannot run ${shellLine(last.command.argv)}: ${how}`,
    whatWasDone(ran.slice(0, -1)),
    last.stderr,
  );
}

function whatWasDone(done: readonly FixRun[]): string {
  if (done.length === 0) return 'Nothing was changed';
  const undo = done.toReversed().map(({ command }) => {
    return command.undo === undefined
      ? `  (nothing takes back: ${shellLine(command.argv)})`
      : `  ${shellLine(command.undo)}`;
  });
  return ['What was run before stays. To take it back:', ...undo].join('\n');
}

function notRunnable(command: FixCommand, done: readonly FixRun[]): Failure {
  return new Failure(
    'command-failed',
    'Cannot run the fix: a name in it holds bytes that are no UTF-8, which cannot be passed on',
    `Paste this into bash: ${shellLine(command.argv)}\n${whatWasDone(done)}`,
  );
}

function stderrOf(result: RunResult): string {
  if (result.missing) return `${result.argv[0]} is not installed`;
  return result.timedOut ? `still running after ${TIMEOUT_MS / 1000} s\n${result.stderr}` : result.stderr;
}
