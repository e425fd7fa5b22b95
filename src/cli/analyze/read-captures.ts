/**
 * Files and directories to analysed captures, one after the other.
 *
 * That a file cannot be opened or read is told with that file, as what is wrong in it is: it keeps nobody from the
 * others. Of a directory every capture is read, in order of the names, and what is no capture is counted.
 *
 * @module
 */

import { randomInt } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type AnalysedCapture, CaptureAnalysis } from '../../postmortem/capture-analysis.ts';
import { counted } from '../../postmortem/counted.ts';
import { flowBytes } from '../../postmortem/flows/flow-record.ts';
import { MOST_FLOWS } from '../../postmortem/flows/flow-table.ts';
import { FlowTracker } from '../../postmortem/flows/flow-tracker.ts';
import type { Observer } from '../../postmortem/observer.ts';
import { observersOf } from '../../postmortem/observers/all.ts';
import type { MatchedPoints, TooManyPoints } from '../../postmortem/points/match-points.ts';
import { PointRecorder, type SightingKeeper, SightingsHere } from '../../postmortem/points/point-recorder.ts';
import { Volume } from '../../postmortem/volume.ts';
import { escapeText } from '../../report/escape.ts';
import { feedFile, mostBytesOf } from '../../system/feed-file.ts';
import type { CommandIo } from '../io.ts';
import { Progress } from '../progress.ts';
import { ReadingProgress } from './reading-progress.ts';
import { keeperScript, SightingsApart } from './sightings-apart.ts';

/** A file to read, named or found. */
interface Wanted {
  readonly path: string;
  /** `undefined`: it was named itself. */
  readonly directory: string | undefined;
}

export interface Matched {
  readonly captures: readonly AnalysedCapture[];
  /** `undefined`: everything was captured at one place. */
  readonly matched: MatchedPoints | TooManyPoints | undefined;
}

const MOST_SEED = 2 ** 32;
/** A tenth of a second of reading: a thread takes half of that to begin. */
const BYTES_FOR_A_THREAD = 32 * 1024 * 1024;
/** The head of a packet, in the formats that spend the least on it: a record of pcap, a simple packet block of pcapng. */
const LEAST_PACKET_BYTES = 16;
/** Of a packet in a file, for a guess: from 80 where only headers were captured to 1500. */
const USUAL_PACKET_BYTES = 256;
/** Of a file that is still being written. */
const MORE_FLOWS = 1024;

/**
 * Read, and match what was seen at several places.
 *
 * @param volumes See `readCaptures()`.
 * @throws The reason of the signal.
 */
export async function matchCaptures(paths: readonly string[], io: CommandIo, volumes?: Volume[]): Promise<Matched> {
  const seed = randomInt(MOST_SEED);
  const recorder = new PointRecorder(seed, keeperFor(paths, seed));
  const progress = new Progress(io);
  try {
    const captures = await readCaptures(paths, io, recorder, volumes);
    const packets = captures.reduce((sum, { summary }) => sum + summary.packets, 0);
    progress.tell(`Matching ${counted(packets, 'packet')} of ${counted(captures.length, 'capture')}`);
    return { captures, matched: await recorder.finish() };
  } finally {
    progress.done();
    await recorder.close();
  }
}

/**
 * @param recorder Sees every packet too, to match them between the captures.
 * @param volumes Where to put how much came when, one a capture; left out: it is not counted.
 * @throws The reason of the signal.
 */
export async function readCaptures(
  paths: readonly string[],
  io: CommandIo,
  recorder?: PointRecorder,
  volumes?: Volume[],
): Promise<readonly AnalysedCapture[]> {
  const captures: AnalysedCapture[] = [];
  const noCaptures = new Map<string, string[]>();
  const all = paths.flatMap(filesOf);
  const progress = new ReadingProgress(new Progress(io), all.length);
  /** Of the capture before: 60 MB that nobody collects in time. */
  let spare: ArrayBuffer | undefined;
  for (const { path, directory } of all) {
    const mostFlows = mostFlowsOf(path);
    const buffer = spare?.byteLength === flowBytes(mostFlows) ? spare : undefined;
    const flows = new FlowTracker(captures.length, randomInt(MOST_SEED), mostFlows, buffer);
    const observers: Observer[] = [observersOf(captures.length, randomInt(MOST_SEED), flows)];
    const analysis = new CaptureAnalysis(path, observers, flows);
    const alone = all.length === 1 ? analysis.reader : undefined;
    if (recorder !== undefined) observers.push(recorder.observer(captures.length, path, alone));
    const volume = new Volume();
    if (volumes !== undefined) observers.push(volume);
    const { problem } = await feedFile(path, analysis.reader, {
      signal: io.signal,
      progress: progress.of(path),
      pace: recorder && (() => recorder.pace()),
    });
    const capture = analysis.finish(problem);
    // A report in words counts flows; a page and the lists show them.
    if (recorder !== undefined && volumes === undefined) capture.flows.release();
    spare = flows.emptied(capture.flows);
    if (directory !== undefined && problem === undefined && capture.summary.format === undefined) {
      noCaptures.set(directory, [...(noCaptures.get(directory) ?? []), path]);
    } else {
      captures.push(capture);
      volumes?.push(volume);
    }
  }
  progress.done();
  for (const [directory, files] of noCaptures) {
    const hasOthers = all.some((wanted) => wanted.directory === directory && !files.includes(wanted.path));
    if (hasOthers) io.stderr.write(`${escapeText(skipped(directory, files))}\n`);
    else {
      const flows = new FlowTracker(captures.length, randomInt(MOST_SEED), 1);
      captures.push(new CaptureAnalysis(directory, [], flows).finish('none of its files is a capture'));
    }
  }
  return captures;
}

function keeperFor(paths: readonly string[], seed: number): SightingKeeper {
  const sizes = paths.flatMap(filesOf).map(({ path }) => bytesOnDisk(path));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const script = bytes >= BYTES_FOR_A_THREAD && availableParallelism() > 1 ? keeperScript() : undefined;
  if (script === undefined) return new SightingsHere(seed);
  // What the largest has, the others have as well, if they are of the same traffic.
  return new SightingsApart(seed, script, Math.max(...sizes) / USUAL_PACKET_BYTES);
}

/** 0 of a pipe: nobody knows how much comes. */
function bytesOnDisk(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : 0;
}

/** Hundreds of small captures would else have a large table each, and clearing those takes longer than reading. */
function mostFlowsOf(path: string): number {
  return Math.min(MOST_FLOWS, Math.ceil(mostBytesOf(path) / LEAST_PACKET_BYTES) + MORE_FLOWS);
}

/** A directory that cannot be read is a file that cannot: reading it says why. */
function filesOf(path: string): readonly Wanted[] {
  try {
    if (!statSync(path).isDirectory()) return [{ path, directory: undefined }];
    const found = readdirSync(path)
      .sort()
      .map((name) => join(path, name))
      .filter(isRegular)
      .map((file) => ({ path: file, directory: path }));
    return found.length > 0 ? found : [{ path, directory: undefined }];
  } catch {
    return [{ path, directory: undefined }];
  }
}

/** Nothing else in a directory is waited for: a pipe there may have no writer. */
function isRegular(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function skipped(directory: string, [first = '', ...others]: readonly string[]): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `nsdiag: skipped in ${directory}, being no captures: ${first}${more}`;
}
