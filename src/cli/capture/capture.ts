/**
 * `nsdiag capture`: listen everywhere, follow every packet, say what became of it, and leave nothing behind.
 *
 * @module
 */

import { randomInt } from 'node:crypto';
import { LiveCapture, type LiveStream } from '../../capture/live-capture.ts';
import type { PcapRecords } from '../../capture/pcap-records.ts';
import { findNetns } from '../../host/host.ts';
import { writeRecording } from '../../recording/read-recording.ts';
import { hostOf } from '../../recording/to-host.ts';
import { escapeText } from '../../report/escape.ts';
import { noticeDocument } from '../../report/live-json.ts';
import { styleOf } from '../../report/text/style.ts';
import { CleanupStack } from '../../system/cleanup.ts';
import { Failure } from '../../system/failure.ts';
import { requireRoot } from '../../system/world.ts';
import type { CommandIo, ExitCode, Writer } from '../io.ts';
import { onMachine } from '../why/on-machine.ts';
import { startReading } from '../why/reading.ts';
import { CaptureFile } from './capture-file.ts';
import { whenToEnd } from './ending.ts';
import { NetnsWatch } from './netns-watch.ts';
import { Newcomers } from './newcomers.ts';
import { NOT_ASKED, Places } from './places.ts';
import { Remarks } from './remarks.ts';
import type { CaptureRequest } from './request.ts';
import { summaryOf, tellSummary } from './summary.ts';
import { Tracking, WAIT_MS } from './tracking.ts';
import { View } from './view.ts';
import { choose } from './where.ts';

/** @throws Failure when nothing can be listened to, or the file not be written. */
export async function capture(io: CommandIo, request: CaptureRequest): Promise<ExitCode> {
  requireRoot('Cannot capture');
  io.expectInterruption();
  const recording = startReading(io.signal);
  const ground = await onMachine({ probe: true, trace: false }, io.signal, recording);
  const host = await ground.look();
  const chosen = await choose(request.where, host, ground);
  const stack = new CleanupStack();
  const places = new Places(host);
  const base = Math.floor(Date.now() / 1000);

  // What is printed besides the packets goes where they do not.
  const out: Writer = request.file === '-' ? io.stderr : io.stdout;
  const style = styleOf(request.file === '-' ? io.color.stderr : io.color.stdout, io.terminal.columns);
  const isOneLine = !io.terminal.stdoutIsTerminal;
  // Read once for many packets.
  let nowMs = performance.now();
  const view = new View(out, { isJson: request.isJson, style, isOneLine }, () => nowMs);
  const notices: string[] = [];
  const notice = (text: string): void => {
    notices.push(text);
    if (request.isJson) out.write(`${JSON.stringify(noticeDocument(text, BigInt(Date.now()) * 1_000_000n))}\n`);
    else io.stderr.write(`nsdiag: ${escapeText(text)}\n`);
  };

  let file: CaptureFile | undefined;
  let live: LiveCapture | undefined;
  let newcomers: Newcomers | undefined;
  try {
    const snapshot = writeRecording(await recording);
    if (request.file !== undefined) {
      file = await CaptureFile.open({ path: request.file, request, places, snapshot, signal: io.signal });
      if (file.note !== undefined) notice(file.note);
    }
    const ending = whenToEnd(io.signal);
    const seed = randomInt(2 ** 31);
    const remarks = new Remarks(base);
    const lostStreams = new Set<LiveStream>();
    const near = new Set<string>(chosen.points.map(({ netns }) => netns));
    const tracking = new Tracking({
      places,
      near,
      seed,
      hasFilter: request.filter !== '',
      onDoubt: () => newcomers?.onDoubt(),
      whyMissed: (netns) => whyMissed(live, netns, lostStreams),
      onJourney: (fate, isChanged, journey) => {
        view.tell(fate, journey);
        if (file !== undefined) remarks.tell(fate, isChanged, journey);
        if (request.count !== undefined && tracking.followed >= request.count) ending.end('count');
      },
    });
    const onRecord = (stream: number, records: PcapRecords): void => {
      const point = tracking.see(stream, records);
      if (point === NOT_ASKED || file === undefined || ending.problem !== undefined) return;
      try {
        file.packet(point, records);
      } catch (error) {
        ending.fail(error);
      }
    };
    // What is shown is in the file, should we be killed.
    const flush = (): void => {
      try {
        if (ending.problem === undefined) file?.flush();
      } catch (error) {
        ending.fail(error);
      }
    };
    live = new LiveCapture({
      filter: request.filter,
      snapLengthBytes: request.snapLengthBytes,
      baseSeconds: base,
      stack,
      onRecord,
      onTold: (toldNs) => {
        nowMs = performance.now();
        flush();
        tracking.advance(toldNs);
        const drained = file?.drained;
        if (drained === undefined || live === undefined) return;
        live.isPaused = true;
        void drained.then(() => {
          if (live !== undefined) live.isPaused = false;
        });
      },
      onLost: (stream) => {
        lostStreams.add(stream);
        notice(`nobody listens in ${stream.netns.name} any more: ${stream.capture.complaint}`);
        if (live?.streams.every(({ isEnding }) => isEnding) === true) ending.end('nobody');
      },
    });
    // Numbers are given in this order.
    const targets = chosen.points.flatMap((point) => findNetns(host, point.netns) ?? []);
    for (const [stream, point] of chosen.points.entries()) {
      places.listen(stream, point);
      await file?.listen(stream, point.netns);
    }
    const joined = await live.join(targets);
    const failed = joined.flatMap((each, at) =>
      each.kind === 'failed' ? [{ why: each.why, name: targets[at]?.name }] : [],
    );
    for (const { name, why } of failed) {
      if (request.where.kind === 'named' || failed.length === joined.length) throw cannotListen(String(name), why);
      notice(`Cannot listen in ${name}: ${why}`);
    }
    if (io.signal.aborted) throw io.signal.reason;
    const names = targets.filter((_, at) => joined[at]?.kind === 'listening').map(({ name }) => name);
    if (!request.isJson) io.stderr.write(`${escapeText(listeningText(names))}\n`);
    for (const note of chosen.notes) notice(note);

    newcomers = new Newcomers({
      live,
      places,
      file,
      where: request.where,
      points: chosen.points,
      notice,
      look: lookAgain,
    });
    const watch = new NetnsWatch({ live, notice, onDevices: newcomers.onDevices, onNamed: newcomers.onNamed });
    const first = targets[0];
    await ending.wait({
      durationMs: request.durationMs,
      program: request.program,
      entry: first?.entry,
      programOutput: request.isJson || request.file === '-' ? 'stderr' : 'stdout',
      // What is under way may still arrive.
      lingerMs: WAIT_MS + 50,
    });
    watch.end();
    await newcomers.settled;
    const ended = live;
    await live.finish();
    tracking.finish((Date.now() - base * 1000) * 1e6, ending.program !== undefined && !io.signal.aborted);
    view.tellLeft();
    const after = tracking.lost.total + tracking.unanswered.total > 0 ? await lookAgain() : undefined;
    const summary = summaryOf({
      tracking,
      live,
      host: after ?? host,
      near,
      request,
      notices,
      ending,
      question: chosen.question,
    });
    if (file !== undefined) {
      const closing = file;
      file = undefined;
      const nowMs = Date.now();
      const at = { seconds: Math.floor(nowMs / 1000), nanoseconds: (nowMs % 1000) * 1e6 };
      try {
        await closing.close((stream) => ended.stream(stream)?.capture.counters, at);
        const note = ending.problem === undefined ? await closing.comment(remarks) : undefined;
        if (note !== undefined) notice(note);
      } catch (error) {
        ending.fail(error);
      }
    }
    tellSummary(out, summary, request.isJson, style);
    if (tracking.followed === 0 && NOT_RUN.has(ending.program?.exitCode ?? 0)) throw cannotRun(request.program ?? []);
    if (ending.problem !== undefined) throw ending.problem;
    return { arrived: 0, lost: 1, undecided: 3 }[summary.verdict] as ExitCode;
  } finally {
    live?.abandon();
    await stack.close();
    await ground.leave();
  }

  /** The machine as it is now: what was lost is explained by that. */
  async function lookAgain() {
    try {
      return hostOf(await startReading(new AbortController().signal));
    } catch {
      return undefined; // as it was when it began, then
    }
  }
}

/** What nsenter, and any shell, exits with for a program that is not there, or is none. */
const NOT_RUN: ReadonlySet<number> = new Set([126, 127]);

function cannotRun([program = '']: readonly string[]): Failure {
  return new Failure('command-failed', `Cannot run ${program}: it could not be started, and no packet was seen`);
}

function cannotListen(name: string, why: string): Failure {
  const hint = /syntax error|parse|expression|filter/i.test(why) ? 'See pcap-filter(7) for --filter' : undefined;
  return new Failure('command-failed', `Cannot listen in ${name}`, hint, why);
}

/** How many are named. */
const MOST_NAMES = 12;

function listeningText(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `Listening in ${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? `, and ${more} more` : ''}; Ctrl-C ends`;
}

/** Why a packet may have passed there unseen. @param lost Streams that ended before they were asked to. */
function whyMissed(live: LiveCapture | undefined, netns: string, lost: ReadonlySet<LiveStream>): string | undefined {
  const stream = live?.streams.findLast((each) => each.netns.name === netns);
  if (stream === undefined) return undefined;
  if (lost.has(stream)) return `nobody listened in ${netns} any more`;
  const dropped = stream.capture.counters?.dropped ?? 0;
  return dropped > 0 ? `the kernel dropped ${dropped} packets of the capture in ${netns}` : undefined;
}
