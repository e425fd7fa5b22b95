import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { feedFile, mostBytesOf } from '../../src/system/feed-file.ts';
import type { ByteSink } from '../../src/system/feed-stream.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-feed-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

const NEVER = new AbortController().signal;
const MEGABYTE = 1024 * 1024;

/** Keeps what it takes, or only counts it. */
class Collector implements ByteSink {
  bytes = 0;
  isDone = false;
  readonly #buffer = new Uint8Array(1000);
  readonly #kept: Buffer[] = [];
  readonly #keeps: boolean;

  constructor(keeps = true) {
    this.#keeps = keeps;
  }

  readonly space = () => this.#buffer;
  readonly advance = (bytes: number) => {
    this.bytes += bytes;
    if (this.#keeps) this.#kept.push(Buffer.from(this.#buffer.subarray(0, bytes)));
  };

  text(): string {
    return Buffer.concat(this.#kept).toString();
  }
}

function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

const WORDS = 'one two three '.repeat(10_000);

test.each([
  ['a plain file', fileOf('plain', WORDS), false],
  ['gzip', fileOf('gzip', gzipSync(WORDS)), true],
  [
    'gzip of several members',
    fileOf('members', Buffer.concat([gzipSync(WORDS.slice(0, 777)), gzipSync(WORDS.slice(777))])),
    true,
  ],
])('feedFile() feeds all of %s', async (_, path, compressed) => {
  const sink = new Collector();
  expect(await feedFile(path, sink, { signal: NEVER })).toEqual({ compressed, problem: undefined });
  expect(sink.text()).toBe(WORDS);
});

test('feedFile() feeds what can be decompressed of a file that is cut, and says so', async () => {
  const packed = gzipSync(WORDS, { level: 0 });
  const sink = new Collector();
  const fed = await feedFile(fileOf('cut', packed.subarray(0, packed.length - 5000)), sink, { signal: NEVER });
  expect(fed.problem).toBe('the compressed data ends too early');
  expect(sink.bytes).toBeGreaterThan(0);
  expect(WORDS.startsWith(sink.text())).toBe(true);
});

test('feedFile() says that compressed data is damaged', async () => {
  const packed = gzipSync(WORDS);
  packed.fill(0xff, 20, 40);
  const fed = await feedFile(fileOf('damaged', packed), new Collector(), { signal: NEVER });
  expect(fed.problem).toMatch(/^the compressed data is damaged \(Z_/);
});

test('feedFile() holds no more of a gzip bomb than a piece', async () => {
  const member = gzipSync(new Uint8Array(16 * MEGABYTE));
  const bomb = fileOf('bomb', Buffer.concat(new Array<Buffer>(32).fill(member)));
  const sink = new Collector(false);
  let peakBytes = 0;
  const before = process.memoryUsage().arrayBuffers;
  const watched: ByteSink = {
    space: sink.space,
    advance: (bytes) => {
      sink.advance(bytes);
      if (sink.bytes % MEGABYTE < bytes) peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers - before);
    },
    isDone: false,
  };
  expect(await feedFile(bomb, watched, { signal: NEVER })).toEqual({ compressed: true, problem: undefined });
  expect(sink.bytes).toBe(512 * MEGABYTE);
  // Pieces that the garbage collector has not come to are in it.
  expect(peakBytes).toBeLessThan(128 * MEGABYTE);
});

test.each([
  ['nothing', join(FOLDER, 'nothing'), 'there is no such file'],
  ['a folder', FOLDER, 'it is a folder'],
])('feedFile() answers why it cannot read %s', async (_, path, problem) => {
  expect((await feedFile(path, new Collector(), { signal: NEVER })).problem).toBe(problem);
});

test('feedFile() ends where the sink has enough, even of a device without end', async () => {
  const sink = new Collector(false);
  const enough: ByteSink = {
    space: sink.space,
    advance: sink.advance,
    get isDone() {
      return sink.bytes > 5000;
    },
  };
  expect(await feedFile('/dev/zero', enough, { signal: NEVER })).toEqual({ compressed: false, problem: undefined });
  expect(sink.bytes).toBeLessThan(MEGABYTE);
});

test('feedFile() tells the progress, and stops at the signal, within a regular file', async () => {
  const path = fileOf('long', '');
  execFileSync('truncate', ['-s', '300M', path]);
  const controller = new AbortController();
  const told: (number | undefined)[] = [];
  const fed = feedFile(path, new Collector(false), {
    signal: controller.signal,
    progress: (read, total) => {
      told.push(read, total);
      controller.abort(new Error('enough'));
    },
  });
  await expect(fed).rejects.toThrow('enough');
  expect(told).toEqual([expect.any(Number), 300 * MEGABYTE]);
});

function pipe(name: string): string {
  const path = join(FOLDER, name);
  execFileSync('mkfifo', [path]);
  return path;
}

test('feedFile() waits for who writes into a pipe, and reads it to its end', async () => {
  const path = pipe('written');
  const sink = new Collector();
  const fed = feedFile(path, sink, { signal: NEVER });
  spawn('sh', ['-c', `{ printf 'one '; printf two; } > "$1"`, 'sh', path], { stdio: 'ignore' });
  expect(await fed).toEqual({ compressed: false, problem: undefined });
  expect(sink.text()).toBe('one two');
});

test('feedFile() can be interrupted while nobody writes into a pipe', async () => {
  const controller = new AbortController();
  const fed = feedFile(pipe('silent'), new Collector(), { signal: controller.signal });
  controller.abort(new Error('enough'));
  expect((await fed).problem).toBe('interrupted: what had come by then was read');
});

test('feedFile() takes the last words of who writes into a pipe and is interrupted as well', async () => {
  const path = pipe('last-words');
  const controller = new AbortController();
  const sink = new Collector();
  const fed = feedFile(path, sink, {
    signal: controller.signal,
    progress: () => controller.abort(new Error('enough')),
  });
  spawn('sh', ['-c', `{ printf one; sleep 0.1; printf ' last'; } > "$1"`, 'sh', path], { stdio: 'ignore' });
  expect((await fed).problem).toBeUndefined();
  expect(sink.text()).toBe('one last');
});

test.each([
  ['a plain file', fileOf('bound', WORDS), WORDS.length],
  ['nothing', fileOf('bound-empty', ''), 0],
  ['what may be a pipe', '-', Number.POSITIVE_INFINITY],
  ['a device', '/dev/zero', Number.POSITIVE_INFINITY],
  ['a file that is not there', join(FOLDER, 'missing'), Number.POSITIVE_INFINITY],
])('mostBytesOf() knows how much will come of %s', (_, path, bytes) => {
  expect(mostBytesOf(path)).toBe(bytes);
});

test('mostBytesOf() bounds what comes of gzip, even of zeros', async () => {
  const zeros = fileOf('bound-zeros', gzipSync(new Uint8Array(8 * MEGABYTE), { level: 9 }));
  const sink = new Collector(false);
  await feedFile(zeros, sink, { signal: NEVER });
  expect(sink.bytes).toBe(8 * MEGABYTE);
  expect(mostBytesOf(zeros)).toBeGreaterThanOrEqual(sink.bytes);
  expect(mostBytesOf(zeros)).toBeLessThan(2 * sink.bytes);
});
