/**
 * `--flow N`: one flow, looked at a second time. Of several captures it is FILE:N.
 *
 * @module
 */

import { randomInt } from 'node:crypto';
import { type AnalysedCapture, CaptureAnalysis } from '../../postmortem/capture-analysis.ts';
import { counted } from '../../postmortem/counted.ts';
import { FlowSteps } from '../../postmortem/flows/flow-steps.ts';
import { FlowTracker } from '../../postmortem/flows/flow-tracker.ts';
import { flowStepsDocument } from '../../report/flows.ts';
import { jsonText } from '../../report/print-json.ts';
import { flowSequenceText } from '../../report/text/flow-sequence.ts';
import { styleOf } from '../../report/text/style.ts';
import { Failure } from '../../system/failure.ts';
import { feedFile } from '../../system/feed-file.ts';
import type { CommandIo } from '../io.ts';
import { requireRead } from './unread.ts';

/** @throws Failure when there is no such flow, or it cannot be read again. */
export async function writeFlowSequence(
  wanted: string,
  captures: readonly AnalysedCapture[],
  io: CommandIo,
  isJson: boolean,
): Promise<void> {
  const { capture, number } = wantedFlow(wanted, captures);
  const { path, flows } = capture;
  if (number > flows.held)
    throw new Failure('not-found', `Cannot show flow ${wanted}: the capture has ${counted(flows.held, 'flow')}`);
  const flow = flows.at(number - 1);
  const tracker = new FlowTracker(flow.capture, randomInt(2 ** 32));
  const steps = new FlowSteps(flow, tracker);
  const again = new CaptureAnalysis(path, [steps], tracker);
  await feedFile(path, again.reader, { signal: io.signal });
  again.finish(undefined);
  if (isJson) {
    const document = flowStepsDocument(flow, path, steps.steps());
    io.stdout.write(jsonText(document));
    return;
  }
  io.page(flowSequenceText(flow, steps.steps(), styleOf(io.color.stdout, io.terminal.columns)));
}

function wantedFlow(wanted: string, captures: readonly AnalysedCapture[]) {
  const colon = wanted.lastIndexOf(':');
  const path = colon === -1 ? undefined : wanted.slice(0, colon);
  const digits = wanted.slice(colon + 1);
  const capture = captures.find((each) => path === undefined || each.path === path);
  if (!/^[1-9]\d*$/.test(digits)) {
    throw new Failure(
      'usage',
      `Cannot show flow ${wanted}: it is no number from 1`,
      'nsdiag analyze FILE --flows numbers them',
    );
  }
  if (path === undefined && captures.length > 1) {
    throw new Failure('usage', `Cannot show flow ${wanted} of ${captures.length} captures`, 'Write it as FILE:NUMBER');
  }
  if (capture === undefined) {
    throw new Failure('usage', `Cannot show flow ${wanted}: its file is not among the captures`, 'Name the file twice');
  }
  if (capture.path === '-') {
    throw new Failure('usage', 'Cannot show a flow of standard input: it is read twice', 'Save it to a file first');
  }
  requireRead(capture);
  return { capture, number: Number(digits) };
}
