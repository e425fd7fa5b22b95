/**
 * `npm run bench`: how long nsdiag takes beside the same job done by hand, whole processes, in one private world.
 *
 * The two sides of a ratio take turns, so that whatever else the machine does slows both. Told are the medians, the
 * minima and the ratio of each, beside the target; below, how many round trips the walk alone makes. Exit: 0 measured (met or not), 2 could not measure.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Argv } from '../../src/system/run.ts';
import { PrivateWorld, WORLD_VARIABLE } from '../../src/system/world.ts';
import { BREAK_IT, DIAGNOSE_BY_HAND, TWO_SUBNETS } from './by-hand.ts';
import { type BenchCaptures, otherReaders, writeCaptures } from './captures.ts';
import { type FloodCost, measureFlood } from './flood.ts';
import { type LiveRate, measureLive } from './live.ts';
import { type MatrixTime, measureMatrix } from './matrix.ts';
import { measurePeaks } from './peaks.ts';
import { measureWalk, type WalkRate } from './walk.ts';

interface Program {
  readonly name: string;
  readonly argv: Argv;
  /** Anything else means that it did not do what is to be timed. */
  readonly exitCode: number;
}

interface Comparison {
  readonly ours: Program;
  readonly yardstick: Program;
  /** At most so many times as long as the yardstick. */
  readonly target: number;
  /** Made before this comparison, and left in place for those after it. */
  readonly prepare?: string;
  readonly rounds: number;
}

interface Timing {
  readonly medianMs: number;
  readonly minimumMs: number;
}

// The bundle of this file runs from node_modules; npm starts it at the top of the checkout.
const NSDIAG: Argv = [process.execPath, 'bin/nsdiag.js'];
const BARE_NODE: Program = { name: 'node -e 0', argv: [process.execPath, '-e', '0'], exitCode: 0 };

const COMPARISONS: readonly Comparison[] = [
  {
    ours: { name: 'nsdiag --version', argv: [...NSDIAG, '--version'], exitCode: 0 },
    yardstick: BARE_NODE,
    target: 2,
    rounds: 31,
  },
  {
    ours: { name: 'why --no-probe', argv: [...NSDIAG, 'why', 'vnet0', '10.0.2.1', '--no-probe'], exitCode: 0 },
    yardstick: BARE_NODE,
    target: 6,
    rounds: 21,
  },
  {
    ours: { name: 'why, healthy', argv: [...NSDIAG, 'why', 'vnet0', '10.0.2.1'], exitCode: 0 },
    yardstick: { name: 'by hand', argv: ['sh', '-c', DIAGNOSE_BY_HAND], exitCode: 0 },
    target: 4,
    rounds: 21,
  },
  {
    ours: { name: 'why, broken', argv: [...NSDIAG, 'why', 'vnet0', '10.0.2.1'], exitCode: 1 },
    yardstick: { name: 'by hand, ping -W1', argv: ['sh', '-c', DIAGNOSE_BY_HAND], exitCode: 1 },
    target: 1.5,
    prepare: BREAK_IT,
    rounds: 7,
  },
];

/** Round trips a second, on an indexed host. */
const WALK_TARGET = 20_000;

const MATRIX_TARGET_MS = 5000;
/** Packets a second, each seen at four places. */
const LIVE_TARGET = 100_000;
/** Of the processor's time that the tcpdumps of a capture take, so much on top. */
const FLOOD_TARGET = 0.5;

process.exitCode = process.env[WORLD_VARIABLE] === undefined ? await againInWorld() : await measureAll();

async function againInWorld(): Promise<number> {
  const world = await PrivateWorld.open();
  try {
    const [program, ...args] = world.argv([process.execPath, fileURLToPath(import.meta.url)]);
    return spawnSync(program, args, { stdio: 'inherit' }).status ?? 2;
  } finally {
    await world.close();
  }
}

async function measureAll(): Promise<number> {
  const files = writeCaptures();
  try {
    const exitCode = measureThese([...COMPARISONS, ...analyses(files)]);
    for (const line of measurePeaks(NSDIAG, files)) console.log(line);
    const flood = await measureFlood(NSDIAG);
    if (typeof flood === 'string') return cannotMeasure(flood);
    console.log(floodText(flood));
    return exitCode;
  } finally {
    files.remove();
  }
}

/** The whole report on a capture, beside what else reads it; 1: some of it was lost on the way. */
function analyses({ large, small, blocks }: BenchCaptures): readonly Comparison[] {
  const analyze = (name: string, file: string) => ({ name, argv: [...NSDIAG, 'analyze', file] as const, exitCode: 1 });
  const beside = otherReaders(large, small).map(({ file, name, argv, target }) => ({
    ours: analyze(file === large ? 'analyze, 5 M' : 'analyze, 0.5 M', file),
    yardstick: { name, argv, exitCode: 0 },
    target,
    rounds: 3,
  }));
  const formats = { ours: analyze('analyze, pcapng', blocks), yardstick: analyze('analyze, pcap', large), target: 1.2 };
  return [...beside, { ...formats, rounds: 3 }];
}

function measureThese(comparisons: readonly Comparison[]): number {
  const problem = shell(TWO_SUBNETS);
  if (problem !== undefined) return cannotMeasure(problem);

  const rows = [['', 'median', 'minimum', 'beside', 'median', 'minimum', 'ratio', 'of minima', 'target', '']];
  for (const comparison of comparisons) {
    const { ours, yardstick, target, prepare } = comparison;
    const because = prepare === undefined ? undefined : shell(prepare);
    if (because !== undefined) return cannotMeasure(because);
    const timed = measure(comparison);
    if (typeof timed === 'string') return cannotMeasure(timed);

    const [own, other] = timed;
    const ratio = own.medianMs / other.medianMs;
    rows.push([
      ours.name,
      inMs(own.medianMs),
      inMs(own.minimumMs),
      yardstick.name,
      inMs(other.medianMs),
      inMs(other.minimumMs),
      `${ratio.toFixed(2)} x`,
      `${(own.minimumMs / other.minimumMs).toFixed(2)} x`,
      `${Number(target.toFixed(3))} x`,
      ratio <= target ? 'met' : 'NOT MET',
    ]);
  }
  for (const line of aligned(rows)) console.log(line);
  console.log(walkText(measureWalk()));
  const matrix = measureMatrix(NSDIAG);
  if (typeof matrix === 'string') return cannotMeasure(matrix);
  console.log(matrixLine(matrix));
  console.log(liveText(measureLive()));
  return 0;
}

function walkText({ namespaces, pairs, first, steady }: WalkRate): string {
  const met = steady >= WALK_TARGET ? 'met' : 'NOT MET';
  return (
    `the walk alone, ${namespaces} namespaces, ${pairs} pairs: ${inThousands(steady)} round trips a second of one core` +
    ` (target ${inThousands(WALK_TARGET)}: ${met}); ${inThousands(first)} in the first round`
  );
}

function matrixLine({ pairs, medianMs, minimumMs }: Exclude<MatrixTime, string>): string {
  const met = medianMs <= MATRIX_TARGET_MS ? 'met' : 'NOT MET';
  return (
    `matrix of ${inThousands(pairs)} pairs from a snapshot, most of them broken: ${inMs(medianMs)} of one core, minimum ${inMs(minimumMs)}` +
    ` (target ${inMs(MATRIX_TARGET_MS)}: ${met})`
  );
}

function liveText({ packets, perSecond }: LiveRate): string {
  const met = perSecond >= LIVE_TARGET ? 'met' : 'NOT MET';
  return (
    `following live, ${inThousands(packets)} packets through 4 places: ${inThousands(perSecond)} packets a second of one core` +
    ` (target ${inThousands(LIVE_TARGET)}: ${met})`
  );
}

function floodText(cost: Exclude<FloodCost, string>): string {
  const { packets, perSecond, lost, lostByPlain, ownSeconds, tcpdumpSeconds, plainSeconds } = cost;
  const ratio = ownSeconds / tcpdumpSeconds;
  const met = ratio <= FLOOD_TARGET ? 'met' : 'NOT MET';
  const isNoneMore = lost <= lostByPlain ? 'met' : 'NOT MET';
  return (
    `capture under a flood, ${inThousands(packets)} packets at 4 places, ${inThousands(perSecond)} a second:` +
    ` ${ownSeconds.toFixed(2)} s of processor on top of its tcpdumps' ${tcpdumpSeconds.toFixed(2)} s,` +
    ` ${ratio.toFixed(2)} x (target ${FLOOD_TARGET} x: ${met}); plain tcpdump -w ${plainSeconds.toFixed(2)} s;` +
    ` lost ${lost} of ${inThousands(packets * 4)} sightings, plain ${lostByPlain} (no more than plain: ${isNoneMore});` +
    ` ${cost.middleMegabytes.toFixed(0)} MB in the middle, ${cost.endMegabytes.toFixed(0)} MB in the end`
  );
}

function inThousands(rate: number): string {
  return Math.round(rate).toLocaleString('en');
}

/** Both sides, taking turns; or why it could not be measured. */
function measure({ ours, yardstick, rounds }: Comparison): readonly [Timing, Timing] | string {
  const oursMs: number[] = [];
  const yardstickMs: number[] = [];
  // The first round warms the page cache and resolves the neighbours; it is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const [program, into] of [[ours, oursMs] as const, [yardstick, yardstickMs] as const]) {
      const elapsedMs = timeMs(program);
      if (typeof elapsedMs === 'string') return elapsedMs;
      if (round > 0) into.push(elapsedMs);
    }
  }
  return [timing(oursMs), timing(yardstickMs)];
}

function timeMs({ name, argv: [program, ...args], exitCode }: Program): number | string {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  const elapsedMs = performance.now() - begin;
  return status === exitCode ? elapsedMs : `${name} exited ${status}, not ${exitCode}\n${stdout}${stderr}`;
}

function timing(samplesMs: readonly number[]): Timing {
  const sorted = [...samplesMs].sort((a, b) => a - b);
  return { medianMs: sorted[sorted.length >> 1] ?? Number.NaN, minimumMs: sorted[0] ?? Number.NaN };
}

/** Run a script; what it said if it failed. */
function shell(script: string): string | undefined {
  const { status, stderr } = spawnSync('sh', ['-euc', script], { encoding: 'utf8' });
  return status === 0 ? undefined : `exit ${status} of:\n${script}\n${stderr}`;
}

function cannotMeasure(because: string): number {
  console.error(`Cannot measure: ${because}`);
  return 2;
}

function inMs(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
