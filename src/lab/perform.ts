/**
 * Runs the steps of a plan, shows each as a person would type it, and keeps in the state file what it makes.
 *
 * @module
 */

import { unreachable } from '../net/unreachable.ts';
import { shellLine } from '../report/shell-quote.ts';
import { Failure } from '../system/failure.ts';
import type { Argv } from '../system/run.ts';
import type { Machine } from './machine.ts';
import { startProcess, stopProcess, waitForListener, waitForSwitch } from './process.ts';
import { identified, recordOf } from './record.ts';
import type { StateFile } from './state-file.ts';
import type { Step } from './step.ts';

/** Where the lines go that tell what is done. */
export type Say = (line: string) => void;

/** A plan as a script that a shell can run. */
export function scriptOf(steps: readonly Step[]): string {
  return steps
    .flatMap((step, index) => stepLines(step, steps[index - 1]))
    .map((line) => `${line}\n`)
    .join('');
}

/** Writes the lines of a file to stdout. */
function printArgv({ lines }: { readonly lines: readonly string[] }): Argv {
  return ['printf', String.raw`%s\n`, ...lines];
}

/** One step as a person would type it, under what it is for where that is new. */
function stepLines(step: Step, before: Step | undefined): readonly string[] {
  const heading = step.purpose === before?.purpose ? [] : [`# ${step.purpose}`];
  switch (step.kind) {
    case 'command':
      return [...heading, shellLine(step.argv)];
    case 'listen':
    case 'switch':
      return [...heading, `${shellLine(step.argv)} &`];
    case 'write':
      return [...heading, `${shellLine(printArgv(step))} >${shellLine([step.path])}`];
    case 'stop':
      return [...heading, `# stop ${step.listener}`];
    default:
      return unreachable(step);
  }
}

/**
 * Run steps in order.
 *
 * @throws Failure when one fails, or as the signal says when it is aborted. What has been made by then is in the state
 * file; the step that failed may be there without having made anything.
 */
export async function performSteps(
  steps: readonly Step[],
  { machine, state, say, signal }: { machine: Machine; state: StateFile; say: Say; signal: AbortSignal },
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    signal.throwIfAborted();
    for (const line of stepLines(step, steps[index - 1])) say(line);
    switch (step.kind) {
      case 'command': {
        const recorded = (await Promise.all(step.made.map((made) => recordOf(machine, made)))).flat();
        for (const entry of recorded) state.add(entry);
        await runStep(machine, step.argv, signal);
        for (const entry of recorded) state.amend(entry, await identified(machine, entry));
        break;
      }
      case 'write': {
        for (const entry of await recordOf(machine, { kind: 'file', path: step.path })) state.add(entry);
        await runStep(
          machine,
          ['sh', '-c', 'file=$1; shift; exec "$@" >"$file"', 'write', step.path, ...printArgv(step)],
          signal,
        );
        break;
      }
      case 'listen': {
        const process = await startProcess(machine, step.argv);
        state.add({ kind: 'process', name: step.listener.name, ...process });
        await waitForListener(machine, process, step.listener);
        break;
      }
      case 'switch': {
        const process = await startProcess(machine, step.argv);
        state.add({ kind: 'process', name: step.started.name, ...process });
        await waitForSwitch(machine, process, step.started);
        break;
      }
      case 'stop': {
        const running = state.made.find((made) => made.kind === 'process' && made.name === step.listener);
        if (running?.kind !== 'process') break;
        await stopProcess(machine, running);
        state.forget(running);
        break;
      }
      default:
        unreachable(step);
    }
  }
  signal.throwIfAborted();
}

async function runStep(machine: Machine, argv: Argv, signal: AbortSignal): Promise<void> {
  const { exitCode, missing, stderr } = await machine.run(argv, { signal });
  if (exitCode === 0) return;
  signal.throwIfAborted();
  if (missing) throw new Failure('tool-missing', `Cannot run ${argv[0]}: it is not installed`, `Install ${argv[0]}`);
  throw new Failure('command-failed', `Cannot go on: \`${shellLine(argv)}\` failed`, undefined, stderr);
}
