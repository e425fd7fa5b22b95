/**
 * `--snapshot FILE`: the host that captures were taken on, or near to.
 *
 * @module
 */

import { type Inquest, inquire } from '../../inquest/inquest.ts';
import type { Analysis } from '../../postmortem/analysis.ts';
import { hostOf } from '../../recording/to-host.ts';
import { readSnapshots } from '../why/snapshot-file.ts';

/** @throws Failure when one of them is no snapshot, or they are not of one machine. */
export async function askSnapshot(paths: readonly string[]): Promise<(analysis: Analysis) => Inquest> {
  const recording = await readSnapshots(paths);
  const host = hostOf(recording);
  return (analysis) => inquire(analysis, host, { path: paths.join(', '), takenAt: recording.takenAt });
}
