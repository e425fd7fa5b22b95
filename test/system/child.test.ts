/** Programs that run beside us: their lines, their end, and the stack that ends them. */

import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Child, linesOf } from '../../src/system/child.ts';
import { CleanupStack } from '../../src/system/cleanup.ts';

async function linesIn(...chunks: readonly (string | Uint8Array)[]): Promise<readonly string[]> {
  const stream = new PassThrough();
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  const lines: string[] = [];
  for await (const line of linesOf(stream)) lines.push(line);
  return lines;
}

test('linesOf() answers whole lines, wherever the stream is cut', async () => {
  const text = Buffer.from('first\n\nünd 😀\nno end');
  for (let at = 0; at <= text.length; at++) {
    expect(await linesIn(text.subarray(0, at), text.subarray(at))).toEqual(['first', '', 'ünd 😀', 'no end']);
  }
  expect(await linesIn('')).toEqual([]);
});

test('a Child hears what is written to it, and says how it ended', async () => {
  const stack = new CleanupStack();
  const child = Child.start(['sh', '-c', 'read word; echo "got $word"; exit 3'], { stack, signal: undefined });
  child.stderr.resume();
  child.write('this\n');
  const lines: string[] = [];
  for await (const line of linesOf(child.stdout)) lines.push(line);
  expect(lines).toEqual(['got this']);
  expect(await child.ended).toBe(3);
});

test('a Child that nobody ended is ended by the stack, by TERM and if it must be by KILL', async () => {
  // `exec`, or the sleep would outlive its shell and keep the pipes open.
  for (const program of ['echo ready; exec sleep 60', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done']) {
    const stack = new CleanupStack();
    const child = Child.start(['sh', '-c', program], { stack, signal: undefined });
    child.stderr.resume();
    await once(child.stdout, 'data');
    child.stdout.resume();
    expect(await stack.close()).toEqual([]);
    expect(await child.ended).toBeUndefined();
    expect(() => process.kill(Number(child.pid), 0)).toThrow(/ESRCH/);
  }
});

test('a Child is ended by an abort, and one that has ended by itself is forgotten', async () => {
  const stack = new CleanupStack();
  const interruption = new AbortController();
  const child = Child.start(['sleep', '60'], { stack, signal: interruption.signal });
  child.stdout.resume();
  child.stderr.resume();
  interruption.abort();
  expect(await child.ended).toBeUndefined();
  child.write('too late');
  expect(await stack.close()).toEqual([]);
});
