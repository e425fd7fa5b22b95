/**
 * What a page shows besides the report, for which captures are read again: the frames of the findings, and the flows that
 * they are about, packet by packet. Standard input cannot be read again.
 *
 * @module
 */

import { randomInt } from 'node:crypto';
import type { Analysis } from '../../postmortem/analysis.ts';
import { CaptureAnalysis } from '../../postmortem/capture-analysis.ts';
import type { Flow } from '../../postmortem/flows/flow.ts';
import { type FlowGap, type FlowStep, FlowSteps } from '../../postmortem/flows/flow-steps.ts';
import { FlowTracker } from '../../postmortem/flows/flow-tracker.ts';
import { namedFlows } from '../../postmortem/flows/named-flows.ts';
import { type ShownFrame, ShownFrames } from '../../postmortem/shown-frames.ts';
import { frameKey, type SecondLook } from '../../report/html/analyze-look.ts';
import { feedFile } from '../../system/feed-file.ts';
import type { CommandIo } from '../io.ts';

/** Of the gravest findings. */
const MOST_FINDINGS = 24;
const STANDARD_INPUT = '-';

/** @throws The reason of the signal. */
export async function lookAgain(analysis: Analysis, io: CommandIo): Promise<SecondLook> {
  const findings = analysis.findings.slice(0, MOST_FINDINGS);
  const flows = namedFlows(analysis, MOST_FINDINGS);
  const frames = new Map<string, ShownFrame>();
  const steps = new Map<Flow, readonly (FlowStep | FlowGap)[]>();
  for (const [capture, { path }] of analysis.captures.entries()) {
    const numbers = findings.flatMap((finding) =>
      finding.frames.flatMap((frame) => (frame.capture === capture ? [frame.number] : [])),
    );
    if (path === STANDARD_INPUT || numbers.length === 0) continue;
    const tracker = new FlowTracker(capture, randomInt(2 ** 32));
    const shown = new ShownFrames(new Set(numbers));
    const own = [...new Set(flows.values())].filter((flow) => flow.capture === capture);
    const followed = own.map((flow) => ({ flow, steps: new FlowSteps(flow, tracker) }));
    const again = new CaptureAnalysis(path, [shown, ...followed.map((each) => each.steps)], tracker);
    await feedFile(path, again.reader, { signal: io.signal });
    again.finish(undefined);
    for (const [number, frame] of shown.seen) frames.set(frameKey({ capture, number }), frame);
    for (const each of followed) steps.set(each.flow, each.steps.steps());
  }
  return { frames, flows, steps };
}
