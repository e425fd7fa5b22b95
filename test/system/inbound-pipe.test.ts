import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Child } from '../../src/system/child.ts';
import { CleanupStack } from '../../src/system/cleanup.ts';
import { InboundPipe } from '../../src/system/inbound-pipe.ts';
import type { Argv } from '../../src/system/run.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-test-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<InboundPipe> {
  const [pipe] = await InboundPipe.open(1);
  if (pipe === undefined) throw new Error('no pipe');
  return pipe;
}

/** A child that writes into the pipe, and all that is read of it, piece by piece. */
function writing(pipe: InboundPipe, script: string) {
  const argv: Argv = ['sh', '-c', script];
  const child = Child.start(argv, { stack: new CleanupStack(), signal: undefined, stdoutTo: pipe.writeEnd });
  const pieces: Uint8Array[] = [];
  const done = pipe.read((bytes) => pieces.push(bytes));
  return { child, pieces, done, text: () => Buffer.concat(pieces).toString('latin1') };
}

test('InboundPipe hands on all that a child writes, in its order, until its end', async () => {
  const pipe = await open();
  expect(readdirSync(folder)).toEqual([]);
  const { done, text, pieces } = writing(pipe, 'seq 200000');
  expect(await done).toEqual({ problem: undefined });
  expect(text()).toBe(Array.from({ length: 200_000 }, (_, at) => `${at + 1}\n`).join(''));
  // What was handed on first has not been written into since.
  expect(pieces.length).toBeGreaterThan(4);
});

test('InboundPipe reads what was written in small pieces as one', async () => {
  const pipe = await open();
  const { child, done, pieces, text } = writing(pipe, 'for i in 1 2 3 4 5 6 7 8; do echo $i; done');
  pipe.isPaused = true;
  await child.ended;
  expect(pieces).toEqual([]);
  pipe.isPaused = false;
  await done;
  expect(pieces).toHaveLength(1);
  expect(text()).toBe('1\n2\n3\n4\n5\n6\n7\n8\n');
});

test('InboundPipe ends where the child cannot be started', async () => {
  const pipe = await open();
  const argv: Argv = ['/nowhere/program'];
  const child = Child.start(argv, { stack: new CleanupStack(), signal: undefined, stdoutTo: pipe.writeEnd });
  expect(await pipe.read(() => undefined)).toEqual({ problem: undefined });
  await child.ended;
});

test('InboundPipe.open() makes as many as are asked for, each its own', async () => {
  const pipes = await InboundPipe.open(3);
  const texts = pipes.map((pipe, at) => {
    const { done, text } = writing(pipe, `echo ${at}`);
    return done.then(text);
  });
  expect(await Promise.all(texts)).toEqual(['0\n', '1\n', '2\n']);
});

test('InboundPipe.open() makes none where nothing can be made', async () => {
  vi.stubEnv('TMPDIR', join(folder, 'nowhere'));
  expect(await InboundPipe.open(1)).toEqual([]);
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('PATH', join(folder, 'nowhere'));
  expect(await InboundPipe.open(1)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
