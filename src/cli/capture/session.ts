/**
 * One capture, put together: tcpdumps to records in the order of time, to the file, to journeys, to the view. Nobody listens
 * yet, see listen.ts.
 *
 * @module
 */

import { randomInt } from 'node:crypto';
import { LiveCapture, type LiveStream } from '../../capture/live-capture.ts';
import type { Host } from '../../host/host.ts';
import type { CleanupStack } from '../../system/cleanup.ts';
import { CaptureFile } from './capture-file.ts';
import { type Ending, whenToEnd } from './ending.ts';
import { Newcomers } from './newcomers.ts';
import type { CaptureOutput } from './output.ts';
import { NOT_ASKED, Places } from './places.ts';
import { Remarks } from './remarks.ts';
import type { CaptureRequest } from './request.ts';
import { Tracking } from './tracking.ts';
import type { Chosen } from './where.ts';

export interface SessionOptions {
  readonly request: CaptureRequest;
  readonly host: Host;
  readonly chosen: Chosen;
  /** What `nsdiag snapshot` prints. */
  readonly snapshot: string;
  readonly output: CaptureOutput;
  /** Ends every tcpdump. */
  readonly stack: CleanupStack;
  readonly signal: AbortSignal;
  /** The machine as it is now; `undefined`: it cannot be read. */
  readonly lookAgain: () => Promise<Host | undefined>;
}

export interface Session extends SessionOptions {
  /** Times of packets are counted from there. */
  readonly baseSeconds: number;
  readonly places: Places;
  /** Namespaces that were asked for. */
  readonly near: ReadonlySet<string>;
  readonly file: CaptureFile | undefined;
  readonly remarks: Remarks;
  readonly ending: Ending;
  readonly tracking: Tracking;
  readonly live: LiveCapture;
  readonly newcomers: Newcomers;
}

/** Times of packets are large numbers from the first on: V8 would compile for small ones, and 2 s later all of it again. */
const BASE_AGO_S = 3_600;

/** @throws Failure `bad-file` when the file cannot be written. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { request, host, chosen, output, stack, signal, lookAgain } = options;
  const { notice, view } = output;
  const places = new Places(host);
  const baseSeconds = Math.floor(Date.now() / 1000) - BASE_AGO_S;
  const file = await openFile(options, places);
  const ending = whenToEnd(signal);
  const remarks = new Remarks(baseSeconds);
  const near = new Set<string>(chosen.points.map(({ netns }) => netns));
  const lostStreams = new Set<LiveStream>();
  const tracking = new Tracking({
    places,
    near,
    seed: randomInt(2 ** 31),
    filter: request.filter,
    most: request.count,
    onDoubt: () => newcomers.onDoubt(),
    whyMissed: (netns) => whyMissed(live, netns, lostStreams),
    onJourney: (fate, isChanged, journey) => {
      view.tell(fate, journey);
      if (file !== undefined) remarks.tell(fate, isChanged, journey);
      if (request.count !== undefined && tracking.followed >= request.count) ending.end('count');
    },
  });
  const live = new LiveCapture({
    filter: request.filter,
    snapLengthBytes: request.snapLengthBytes,
    baseSeconds,
    stack,
    onRecord: (stream, records) => {
      const point = tracking.see(stream, records);
      if (point === NOT_ASKED || file === undefined || ending.problem !== undefined) return;
      try {
        file.packet(point, records);
      } catch (error) {
        ending.fail(error);
      }
    },
    onTold: (toldNs) => {
      // What is shown is in the file, should we be killed.
      flush(file, ending);
      output.tick();
      tracking.advance(toldNs);
      // A file is written on, whoever looks.
      if (file === undefined && output.isGone()) ending.end('nobody');
      const drained = file?.drained;
      if (drained === undefined) return;
      live.isPaused = true;
      void drained.then(() => {
        live.isPaused = false;
      });
    },
    onLost: (stream) => {
      lostStreams.add(stream);
      notice(`nobody listens in ${stream.netns.name} any more: ${stream.capture.complaint}`);
      if (live.streams.every(({ isEnding }) => isEnding)) ending.end('nobody');
    },
  });
  const newcomers = new Newcomers({
    live,
    places,
    file,
    where: request.where,
    points: chosen.points,
    notice,
    look: lookAgain,
  });
  return { ...options, baseSeconds, places, near, file, remarks, ending, tracking, live, newcomers };
}

async function openFile({ request, snapshot, output, signal }: SessionOptions, places: Places) {
  if (request.file === undefined) return undefined;
  const file = await CaptureFile.open({ path: request.file, request, places, snapshot, signal });
  if (file.note !== undefined) output.notice(file.note);
  return file;
}

function flush(file: CaptureFile | undefined, ending: Ending): void {
  try {
    if (ending.problem === undefined) file?.flush();
  } catch (error) {
    ending.fail(error);
  }
}

/** Why a packet may have passed there unseen. @param lost Streams that ended before they were asked to. */
function whyMissed(live: LiveCapture, netns: string, lost: ReadonlySet<LiveStream>): string | undefined {
  const stream = live.streams.findLast((each) => each.netns.name === netns);
  if (stream === undefined) return undefined;
  if (lost.has(stream)) return `nobody listened in ${netns} any more`;
  const dropped = stream.capture.counters?.dropped ?? 0;
  return dropped > 0 ? `the kernel dropped ${dropped} packets of the capture in ${netns}` : undefined;
}
