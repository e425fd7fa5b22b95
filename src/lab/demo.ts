/**
 * The tour: a lab in a private world, broken four times and repaired by what `nsdiag why` prints.
 *
 * nsdiag runs as a person would run it, as a program of its own, and its fixes are run word by word. The story checks
 * itself: where an answer is not the expected one, the demo fails and says which. A ping beside every answer is the
 * judge that does not know nsdiag.
 *
 * @module
 */

import * as v from 'valibot';
import { escapeLines } from '../report/escape.ts';
import { shellLine } from '../report/shell-quote.ts';
import { Failure } from '../system/failure.ts';
import type { Argv, RunResult } from '../system/run.ts';
import { PrivateWorld } from '../system/world.ts';
import { execIn } from './commands.ts';
import { findLab } from './find.ts';
import { whyArgv } from './lab-text.ts';
import type { Say } from './perform.ts';
import type { Fault, LabQuestion } from './schema.ts';
import { breakLab, bringUp } from './up.ts';

const LAB = 'bridge-nat';
const FAULTS = ['no-default-route', 'interface-down', 'port-not-attached', 'nat-missing'];

/** After a repair a neighbour entry may still be pending: look again before saying that the repair failed. */
const MOST_LOOKS = 3;

/** What the demo reads of `nsdiag why --json`. */
const answerSchema = v.object({
  causes: v.array(
    v.object({ code: v.string(), fix: v.array(v.object({ argv: v.tupleWithRest([v.string()], v.string()) })) }),
  ),
});
type Answer = v.InferOutput<typeof answerSchema>;

export interface DemoOptions {
  /** The nsdiag that is shown: its program, and what stands before `why`. */
  readonly nsdiag: Argv;
  readonly say: Say;
  /** Makes a line a heading. */
  readonly heading: (text: string) => string;
  readonly signal: AbortSignal;
}

/** Where the story plays, and the one question that is asked again and again. */
interface Stage extends DemoOptions {
  readonly world: PrivateWorld;
  readonly question: LabQuestion;
}

/**
 * Tell the story, in a world that is gone when it ends, however it ends.
 *
 * @throws Failure when anything is not as the story says.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { say, heading, signal } = options;
  const beganMs = performance.now();
  say('nsdiag demo: everything happens in a private world, nothing of this machine is touched.');
  const world = await PrivateWorld.open();
  // What runs in the world ends with it, so that whatever we wait for ends too.
  const close = (): void => void world.close();
  signal.addEventListener('abort', close);
  try {
    await tell(world, options);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
    await world.close();
  }
  const seconds = Math.ceil((performance.now() - beganMs) / 1000);
  say(
    heading(`Broken ${FAULTS.length} times, repaired ${FAULTS.length} times, in ${seconds} s. Nothing is left of it.`),
  );
}

async function tell(world: PrivateWorld, options: DemoOptions): Promise<void> {
  const { say, heading, signal } = options;
  const found = findLab(LAB);
  const question = found.lab.questions[0];
  if (question === undefined) throw new Error(`lab ${LAB} asks nothing`);
  const stage: Stage = { ...options, world, question };
  const work = { machine: world, say: (line: string): void => say(line.startsWith('#') ? line : `$ ${line}`), signal };

  say(heading(`${found.lab.name}: ${found.lab.summary}`));
  say(`${found.lab.picture}\n`);
  await bringUp(found, work);
  await showItWorks(stage, (report) => report);
  for (const [index, name] of FAULTS.entries()) {
    const fault = found.lab.faults.find((each) => each.name === name);
    if (fault === undefined) throw new Error(`lab ${LAB} has no fault ${name}`);
    say(heading(`${index + 1} of ${FAULTS.length}. ${fault.story}`));
    await breakLab(LAB, name, { ...work, say: (line) => line.startsWith('#') || work.say(line) });
    const answer = await showTheCause(stage, fault);
    say('# what it says is run, word by word');
    await repair(stage, answer);
    await showItWorks(stage, outcomeOf);
  }
}

/** @param shown What is shown of the report. */
async function showItWorks(stage: Stage, shown: (report: string) => string): Promise<void> {
  for (let look = 1; ; look++) {
    const pinged = await ping(stage);
    const asked = await why(stage);
    const works = pinged.exitCode === 0 && asked.exitCode === 0;
    if (!works && look < MOST_LOOKS) continue;
    showPing(stage, pinged);
    showAnswer(stage, works ? shown(asked.stdout) : asked.stdout);
    if (works) return;
    throw notAsTold(
      `${stage.question.to} should be reachable (exit: why ${asked.exitCode}, ping ${pinged.exitCode})`,
      asked,
    );
  }
}

/** Show what `why` says of a fault. @returns The same answer, as a program reads it. */
async function showTheCause(stage: Stage, fault: Fault): Promise<Answer> {
  const [pinged, asked, forPrograms] = await Promise.all([ping(stage), why(stage), why(stage, '--json')]);
  showPing(stage, pinged);
  showAnswer(stage, asked.stdout);
  if (pinged.exitCode === 0) throw notAsTold(`ping works in spite of ${fault.name}`);
  if (asked.exitCode !== 1) throw notAsTold(`why ended with ${asked.exitCode} for ${fault.name}, not with 1`, asked);
  const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), answerSchema), forPrograms.stdout);
  if (!answer.success) throw notAsTold(`why --json does not answer: ${v.summarize(answer.issues)}`, forPrograms);
  const codes = answer.output.causes.map(({ code }) => code);
  const missed = fault.expect.filter(({ code }) => !codes.includes(code)).map(({ code }) => code);
  if (missed.length === 0) return answer.output;
  throw notAsTold(`why says ${codes.join(', ') || 'nothing'} for ${fault.name}, and not ${missed.join(', ')}`);
}

async function repair({ world, say }: Stage, { causes }: Answer): Promise<void> {
  for (const { argv } of causes.flatMap(({ fix }) => fix)) {
    say(`$ ${shellLine(argv)}`);
    const result = await world.run(argv);
    if (result.exitCode !== 0) throw notAsTold(`the fix \`${shellLine(argv)}\` failed`, result);
  }
}

function why({ world, nsdiag, question, signal }: Stage, ...options: readonly string[]): Promise<RunResult> {
  return world.run([...nsdiag, ...whyArgv(question), ...options], { signal });
}

function ping({ world, question, signal }: Stage): Promise<RunResult> {
  return world.run(pingArgv(question), { signal });
}

function pingArgv({ from, to }: LabQuestion): Argv {
  return execIn(from, ['ping', '-n', '-c', '1', '-W', '1', to]);
}

/** The command, and the one line of its output that counts. */
function showPing({ say, question }: Stage, { stdout, stderr }: RunResult): void {
  const summary = /^.*packets transmitted.*$/m.exec(stdout)?.[0] ?? stderr.trim();
  say(`\n$ ${shellLine(pingArgv(question))}\n${escapeLines(summary)}`);
}

/** As it stands: nsdiag has made its own output harmless. */
function showAnswer({ say, question }: Stage, report: string): void {
  say(`\n$ ${shellLine(['nsdiag', ...whyArgv(question)])}\n${report.trimEnd()}\n`);
}

/** A path that works need be seen only once. */
function outcomeOf(report: string): string {
  return `${report.split('\n\n')[0]}\n(and the path, as it was at first)`;
}

function notAsTold(what: string, result?: RunResult): Failure {
  return new Failure(
    'command-failed',
    `The demo did not go as told: ${what}`,
    'nsdiag doctor says what this machine lacks',
    result === undefined ? undefined : result.stderr,
  );
}
