/**
 * `nsdiag why`: answer, report, and with `--fix` repair and ask again.
 *
 * @module
 */

import type { Diagnosis, FixCommand, Verdict } from '../../diagnosis/diagnosis.ts';
import { escapeText } from '../../report/escape.ts';
import { whyDocument } from '../../report/json.ts';
import { jsonText } from '../../report/print-json.ts';
import { diagnosisText } from '../../report/text/diagnosis.ts';
import { ranText, repairedText } from '../../report/text/repaired.ts';
import { styleOf } from '../../report/text/style.ts';
import { Failure } from '../../system/failure.ts';
import type { CommandIo, ExitCode } from '../io.ts';
import { Progress } from '../progress.ts';
import { type Answer, ask, type Ground } from './ground.ts';
import type { PageRequest } from './page.ts';
import type { RedactRequest } from './redacted.ts';
import { fixedDocument, repair } from './repair.ts';
import type { WhyWords } from './words.ts';

export interface WhyRequest {
  readonly words: WhyWords;
  readonly json: boolean;
  /** `ask`: run the fix after a yes on the terminal; `yes`: run it; `undefined`: only answer. */
  readonly fix: 'ask' | 'yes' | undefined;
  /** The command line that would run the fix, to be offered; `undefined` where none can be run. */
  readonly offer: readonly string[] | undefined;
  /** The page that is wanted besides; on stdout, in the place of the text. */
  readonly page: PageRequest | undefined;
  /** Everything is to be told in other addresses and names. */
  readonly redact: RedactRequest | undefined;
}

/** What a shell is told of a verdict. */
export const EXIT_CODE: Readonly<Record<Verdict, ExitCode>> = { reachable: 0, unreachable: 1, undecided: 3 };

/**
 * Answer the question, and write the report.
 *
 * @param ground Opened once the request is known to be possible.
 */
export async function why(io: CommandIo, ground: () => Promise<Ground>, request: WhyRequest): Promise<ExitCode> {
  if (request.fix === 'ask') requireSomebodyToAsk(io, request.json);
  const progress = new Progress(io);
  let opened: Ground | undefined;
  try {
    opened = narrated(await ground(), progress);
    return await (request.json ? whyAsJson(io, opened, request) : whyAsText(io, opened, request));
  } catch (error) {
    throw request.redact === undefined ? error : await redactedError(error, opened, request.redact);
  } finally {
    progress.done();
    await opened?.leave();
  }
}

/** Tell the person who waits what for; what is told is gone when there is an answer. */
function narrated(ground: Ground, progress: Progress): Ground {
  const { settle } = ground;
  const telling =
    <Args extends readonly unknown[], Result>(line: string, step: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      progress.tell(line);
      try {
        return await step(...args);
      } finally {
        progress.done();
      }
    };
  return {
    ...ground,
    look: telling('Reading every namespace', ground.look),
    resolve: telling('Looking up the name', ground.resolve),
    hear: telling('Sending a few packets, and listening where they should pass', ground.hear),
    settle: settle && telling('Waiting for what the kernel is at: links, addresses and neighbours', settle),
  };
}

async function whyAsText(io: CommandIo, ground: Ground, request: WhyRequest): Promise<ExitCode> {
  const { words, fix, offer, page } = request;
  const answer = await answerTo(ground, request);
  const { diagnosis } = answer;
  const style = styleOf(io.color.stdout, io.terminal.columns);
  if (page?.file !== '-') io.stdout.write(diagnosisText(diagnosis, style, fix === undefined ? offer : undefined));
  await writePage(io, page, answer);

  const commands = diagnosis.causes.flatMap((cause) => cause.fix);
  if (fix === undefined || commands.length === 0) return EXIT_CODE[diagnosis.verdict];
  const isWanted = fix === 'yes' ? isProven(diagnosis) : await io.confirm?.(questionAbout(commands, diagnosis));
  if (isWanted !== true) {
    io.stderr.write(fix === 'yes' ? `Nothing was run: ${NOT_PROVEN}\n` : 'Nothing was run\n');
    return EXIT_CODE[diagnosis.verdict];
  }
  io.stdout.write('\n');
  const { after, failure } = await repair(ground, words, commands, io.signal, (ran) => {
    io.stdout.write(ranText(ran.command.argv, ran.exitCode === 0, style));
  });
  if (failure !== undefined) throw failure;
  io.stdout.write(`\n${repairedText(after ?? diagnosis, style)}`);
  return EXIT_CODE[(after ?? diagnosis).verdict];
}

/** In the words of this network, or of the one that is to be shown in its place. */
async function answerTo(ground: Ground, { words, redact }: WhyRequest): Promise<Answer> {
  if (redact === undefined) return ask(ground, words);
  const { redacted, redactionOf } = await import('./redacted.ts');
  const redaction = redactionOf(redact);
  return ask(ground, words, (seen) => redacted(seen, redaction));
}

async function redactedError(error: unknown, ground: Ground | undefined, redact: RedactRequest): Promise<unknown> {
  const { redactedFailure, redactionOf } = await import('./redacted.ts');
  return redactedFailure(error, ground?.recorded?.(), redactionOf(redact));
}

/** Loaded only where a page is wanted. */
async function writePage(io: CommandIo, page: PageRequest | undefined, answer: Answer): Promise<void> {
  if (page === undefined) return;
  const { writePage: write } = await import('./page.ts');
  await write(io, page, answer);
  if (page.file !== '-') io.stderr.write(`nsdiag: the page is in ${escapeText(page.file)}\n`);
}

async function whyAsJson(io: CommandIo, ground: Ground, request: WhyRequest): Promise<ExitCode> {
  const { words, fix, page } = request;
  const answer = await answerTo(ground, request);
  const { diagnosis } = answer;
  await writePage(io, page, answer);
  const commands = diagnosis.causes.flatMap((cause) => cause.fix);
  const isWanted = fix !== undefined && commands.length > 0;
  if (isWanted && !isProven(diagnosis)) io.stderr.write(`Nothing was run: ${NOT_PROVEN}\n`);
  const repaired =
    isWanted && isProven(diagnosis) ? await repair(ground, words, commands, io.signal, () => undefined) : undefined;
  const now = repaired?.after ?? diagnosis;
  const fixed = repaired === undefined ? {} : { fixed: fixedDocument(repaired.ran, now) };
  // What goes wrong from here on could only be told in a second document.
  await ground.leave();
  io.stdout.write(jsonText({ ...whyDocument(diagnosis), ...fixed }));
  if (repaired?.failure !== undefined) throw repaired.failure;
  return EXIT_CODE[now.verdict];
}

const NOT_PROVEN =
  'the model does not deliver the packet with it; on a terminal, --fix without --yes asks whether to run it all the same';

/** Whether the fix was walked to the end. What was not is run only for somebody who was told so. */
function isProven({ proof }: Diagnosis): boolean {
  return proof !== undefined;
}

function questionAbout(commands: readonly FixCommand[], diagnosis: Diagnosis): string {
  const what = commands.length === 1 ? 'this command' : `these ${commands.length} commands`;
  return isProven(diagnosis) ? `Run ${what}?` : `Run ${what}, although it is not the whole of the fix?`;
}

/** @throws Failure `usage` when the question whether to run the fix would reach nobody. */
function requireSomebodyToAsk(io: CommandIo, json: boolean): void {
  if (io.confirm !== undefined && !json) return;
  const why = json ? '--json leaves no room for a question' : 'there is no terminal';
  throw new Failure('usage', `Cannot ask before running the fix: ${why}`, 'Add --yes to run it without being asked');
}
