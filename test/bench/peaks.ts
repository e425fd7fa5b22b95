/**
 * What `analyze` takes for itself, of time and of memory: two captures of the same traffic, matched, and captures that
 * are made to cost more than they should.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Argv } from '../../src/system/run.ts';
import type { BenchCaptures } from './captures.ts';

interface Task {
  readonly name: string;
  readonly files: readonly string[];
  readonly exitCode: number;
  readonly targetSeconds: number;
  readonly targetMegabytes: number;
}

/** A line for each, or what went wrong. */
export function measurePeaks(nsdiag: Argv, captures: BenchCaptures): readonly string[] {
  const { folder, large, servers, flood, collisions, lie, bomb } = captures;
  // Loaded into nsdiag, it tells the peak when that ends: Node does not say it of a child. Not ru_maxrss, in which a child
  // begins with what its parent had (fs/exec.c: exec_mmap()).
  const reporter = join(folder, 'peak.cjs');
  writeFileSync(
    reporter,
    `const { readFileSync, writeSync } = require('node:fs');
     process.on('exit', () => writeSync(3, /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]));`,
  );
  const tasks: readonly Task[] = [
    { name: 'analyze, 5 M', files: [large], exitCode: 1, targetSeconds: 1.5, targetMegabytes: 150 },
    { name: 'analyze, 2 x 5 M, SNAT', files: [large, servers], exitCode: 1, targetSeconds: 5, targetMegabytes: 350 },
    { name: 'a flood of 5 M SYN', files: [flood], exitCode: 1, targetSeconds: 10, targetMegabytes: 150 },
    {
      ...{ name: 'a flood of 5 M SYN of equal hash', files: [collisions] },
      ...{ exitCode: 1, targetSeconds: 10, targetMegabytes: 150 },
    },
    { name: 'captured bytes 0x7fffffff', files: [lie], exitCode: 2, targetSeconds: 1, targetMegabytes: 150 },
    { name: 'gzip, 1 MB of 1 GB', files: [bomb], exitCode: 2, targetSeconds: 5, targetMegabytes: 150 },
  ];
  return tasks.map((task) => lineOf(task, nsdiag, reporter));
}

function lineOf({ name, files, exitCode, targetSeconds, targetMegabytes }: Task, nsdiag: Argv, reporter: string) {
  const [program, ...args] = nsdiag;
  const begin = performance.now();
  const { status, stderr, output } = spawnSync(program, ['--require', reporter, ...args, 'analyze', ...files], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const seconds = (performance.now() - begin) / 1000;
  if (status !== exitCode) return `${name}: exited ${status}, not ${exitCode}: ${stderr}`;
  const megabytes = Number(output[3]) / 1024;
  const met = seconds <= targetSeconds && megabytes <= targetMegabytes ? 'met' : 'NOT MET';
  return `${name}: ${seconds.toFixed(1)} s, at most ${megabytes.toFixed(0)} MB (target ${targetSeconds} s, ${targetMegabytes} MB: ${met})`;
}
