/**
 * The host that captures were taken on, or near to: of `--snapshot FILE`, or of the snapshots within the captures, as
 * `nsdiag capture` writes them.
 *
 * @module
 */

import { gunzipSync } from 'node:zlib';
import { type Inquest, inquire } from '../../inquest/inquest.ts';
import type { Analysis } from '../../postmortem/analysis.ts';
import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { readRecording } from '../../recording/read-recording.ts';
import type { Recording } from '../../recording/recording.ts';
import { hostOf } from '../../recording/to-host.ts';
import { escapeText } from '../../report/escape.ts';
import { Failure } from '../../system/failure.ts';
import { MOST_SNAPSHOT_BYTES, mergeRecordings, readSnapshots } from '../why/snapshot-file.ts';

export type AskSnapshot = (analysis: Analysis) => Inquest;

/** @throws Failure when one of them is no snapshot, or they are not of one machine. */
export async function askSnapshotFiles(paths: readonly string[]): Promise<AskSnapshot> {
  const recording = await readSnapshots(paths);
  return (analysis) => ask(analysis, recording, paths.join(', '));
}

/**
 * What the captures have within. A snapshot that cannot be read keeps nobody from the captures: it is said on stderr.
 *
 * @returns `undefined`: none that can be asked.
 */
export function askEmbedded(analysis: Analysis, stderr: { write(text: string): unknown }): Inquest | undefined {
  const holders = analysis.captures.filter(({ snapshots }) => snapshots.length > 0);
  if (holders.length === 0) return undefined;
  try {
    const recordings = holders.flatMap((holder) => holder.snapshots.map((bytes) => recordingOf(bytes, holder)));
    return ask(analysis, mergeRecordings(recordings), `in ${holders.map(({ path }) => path).join(', ')}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    stderr.write(`${escapeText(`nsdiag: ${error.message}; the report does without`)}\n`);
    return undefined;
  }
}

function ask(analysis: Analysis, recording: Recording, path: string): Inquest {
  return inquire(analysis, hostOf(recording), { path, takenAt: recording.takenAt });
}

function recordingOf(compressed: Uint8Array, { path }: AnalysedCapture): Recording {
  const read = readRecording(textOf(compressed, path));
  if (read.kind === 'recording') return read.recording;
  throw new Failure('bad-file', `Cannot read the snapshot in ${path}: ${read.why}`);
}

function textOf(compressed: Uint8Array, path: string): string {
  try {
    return gunzipSync(compressed, { maxOutputLength: MOST_SNAPSHOT_BYTES }).toString('utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('bad-file', `Cannot read the snapshot in ${path}: ${why}`);
  }
}
