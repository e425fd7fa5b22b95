/**
 * The end of a capture: what is still under way is read, the file is closed and commented on, and the outcome is told.
 *
 * @module
 */

import type { LostGroup } from '../../postmortem/live/journey.ts';
import type { LiveSummary } from '../../report/live-json.ts';
import { captureComment, causesText } from '../../report/text/capture-comment.ts';
import { Failure } from '../../system/failure.ts';
import type { ExitCode } from '../io.ts';
import type { Session } from './session.ts';
import { summaryOf, tellSummary } from './summary.ts';

/** What nsenter, and any shell, exits with for a program that is not there, or is none. */
const NOT_RUN: ReadonlySet<number> = new Set([126, 127]);

/** @throws What went wrong meanwhile, once all has been told. */
export async function conclude(session: Session): Promise<ExitCode> {
  const { request, host, chosen, near, file, output, ending, tracking, live, baseSeconds, signal, lookAgain } = session;
  const { out, style, view, notices } = output;
  const endNs = (Date.now() - baseSeconds * 1000) * 1e6;
  await live.finish();
  tracking.finish(endNs, ending.program !== undefined && !signal.aborted);
  view.tellLeft();
  // What was lost is explained by the machine as it is now.
  const after = tracking.lost.total + tracking.unanswered.total > 0 ? await lookAgain() : undefined;
  const { question } = chosen;
  const summary = summaryOf({ tracking, live, host: after ?? host, near, request, file, notices, ending, question });
  await closeFile(session, summary);
  tellSummary(out, summary, request.isJson, style);
  if (tracking.followed === 0 && NOT_RUN.has(ending.program?.exitCode ?? 0)) throw cannotRun(request.program ?? []);
  if (ending.problem !== undefined) throw ending.problem;
  return EXIT_CODE[summary.verdict];
}

const EXIT_CODE = { arrived: 0, lost: 1, undecided: 3 } as const;

async function closeFile({ file, live, ending, remarks, output, tracking }: Session, summary: LiveSummary) {
  if (file === undefined) return;
  const nowMs = Date.now();
  const at = { seconds: Math.floor(nowMs / 1000), nanoseconds: (nowMs % 1000) * 1e6 };
  try {
    await file.close((stream) => live.stream(stream)?.capture.counters, at);
    if (ending.problem !== undefined) return;
    const causes = new Map(tracking.lost.all.map((group, at) => [group as LostGroup, summary.lost[at]?.answer]));
    const causesOf = (group: LostGroup) => causesText(causes.get(group));
    const note = await file.comment(remarks, {
      ofFile: captureComment(summary),
      isToBeTold: summary.verdict !== 'arrived',
      causesOf,
    });
    if (note !== undefined) output.notice(note);
  } catch (error) {
    ending.fail(error);
  }
}

function cannotRun([program = '']: readonly string[]): Failure {
  return new Failure('command-failed', `Cannot run ${program}: it could not be started, and no packet was seen`);
}
