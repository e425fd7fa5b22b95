/**
 * What the page of an analysis is made of.
 *
 * @module
 */

import type { Inquest } from '../../inquest/inquest.ts';
import type { Analysis } from '../../postmortem/analysis.ts';
import type { Finding } from '../../postmortem/finding.ts';
import type { Flow } from '../../postmortem/flows/flow.ts';
import type { FlowGap, FlowStep } from '../../postmortem/flows/flow-steps.ts';
import type { Frame } from '../../postmortem/frame.ts';
import type { ShownFrame } from '../../postmortem/shown-frames.ts';
import type { Volume } from '../../postmortem/volume.ts';

/** What a second reading of the captures showed; empty for standard input. */
export interface SecondLook {
  /** By `frameKey()`. */
  readonly frames: ReadonlyMap<string, ShownFrame>;
  /** Of the findings that are about one. */
  readonly flows: ReadonlyMap<Finding, Flow>;
  readonly steps: ReadonlyMap<Flow, readonly (FlowStep | FlowGap)[]>;
}

/** What the page is made of. */
export interface AnalyzePage {
  readonly analysis: Analysis;
  readonly inquest: Inquest | undefined;
  /** One a capture. */
  readonly volumes: readonly Volume[];
  readonly second: SecondLook;
}

export function frameKey({ capture, number }: Pick<Frame, 'capture' | 'number'>): string {
  return `${capture}:${number}`;
}
