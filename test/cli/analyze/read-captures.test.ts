import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readCaptures } from '../../../src/cli/analyze/read-captures.ts';
import { ReadingProgress } from '../../../src/cli/analyze/reading-progress.ts';
import { Progress } from '../../../src/cli/progress.ts';
import { joined } from '../../helpers/hex.ts';
import { LITTLE, pcapHeader, pcapRecord } from '../../wire/capture-file/build.ts';
import { memoryIo } from '../memory-io.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-read-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

const CAPTURE = joined(pcapHeader(LITTLE), pcapRecord(LITTLE, new Uint8Array(60)));
const CUT = CAPTURE.subarray(0, CAPTURE.length - 1);

function directoryOf(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(FOLDER, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

async function read(
  ...paths: readonly string[]
): Promise<{ readonly lines: readonly string[]; readonly stderr: string }> {
  const { io, stderr } = memoryIo();
  const captures = await readCaptures(paths, io);
  const lines = captures.map(({ path, summary }) => {
    return `${path.replace(`${FOLDER}/`, '')} ${summary.format} ${summary.packets} ${summary.problem?.message ?? 'whole'}`;
  });
  return { lines, stderr: stderr().replaceAll(`${FOLDER}/`, '') };
}

test('readCaptures() reads the captures of a directory in order of their names, and says what else is there', async () => {
  const directory = directoryOf('mixed', {
    'b.pcap': CAPTURE,
    'a.pcap.gz': gzipSync(CAPTURE),
    'c.cap': CUT,
    'notes.txt': 'no capture',
    empty: '',
  });
  mkdirSync(join(directory, 'deeper'));
  writeFileSync(join(directory, 'deeper', 'd.pcap'), CAPTURE);
  execFileSync('mkfifo', [join(directory, 'pipe')]);

  const { lines, stderr } = await read(directory);
  expect(lines).toEqual([
    'mixed/a.pcap.gz pcap 1 whole',
    'mixed/b.pcap pcap 1 whole',
    'mixed/c.cap pcap 0 the file ends within a packet: 75 of 76 bytes are there',
  ]);
  expect(stderr).toBe('nsdiag: skipped in mixed, being no captures: mixed/empty and 1 more\n');
});

test('readCaptures() goes on behind a file that cannot be read, and behind one that is no capture', async () => {
  const directory = directoryOf('several', { 'a.pcap': CAPTURE, 'b.txt': 'no capture', 'c.pcap': CAPTURE });
  const { lines, stderr } = await read(
    ...['a.pcap', 'missing.pcap', 'b.txt', 'c.pcap'].map((name) => join(directory, name)),
  );
  expect(lines).toEqual([
    'several/a.pcap pcap 1 whole',
    'several/missing.pcap undefined 0 there is no such file',
    'several/b.txt undefined 0 it is text: a capture is what tcpdump -w writes',
    'several/c.pcap pcap 1 whole',
  ]);
  expect(stderr).toBe('');
});

test('readCaptures() counts its captures from 0, skipped files left out, as frames name them', async () => {
  const cut = joined(pcapHeader(LITTLE), pcapRecord(LITTLE, new Uint8Array(10), { original: 60 }));
  const directory = directoryOf('counted', { 'a.txt': 'no capture', 'b.pcap': CAPTURE, 'c.pcap': cut });
  const captures = await readCaptures([directory], memoryIo().io);
  expect(captures.flatMap(({ findings }) => findings.map(({ code, frames }) => [code, frames[0].capture]))).toEqual([
    ['capture-incomplete', 1],
  ]);
});

test('readCaptures() says of a directory without files that it is one', async () => {
  expect((await read(directoryOf('bare', {}))).lines).toEqual(['bare undefined 0 it is a folder']);
});

test('readCaptures() says of a directory without captures that there are none', async () => {
  const { lines, stderr } = await read(directoryOf('texts', { 'a.txt': 'no capture', 'b.txt': 'nor this' }));
  expect(lines).toEqual(['texts undefined 0 none of its files is a capture']);
  expect(stderr).toBe('');
});

test('ReadingProgress keeps silent for a second, then tells how far it is on one line, and takes it back', () => {
  let nowMs = 0;
  const terminal = { stdoutIsTerminal: true, stderrIsTerminal: true, columns: 40 };
  const { io, stderr } = memoryIo({ terminal });
  const progress = new ReadingProgress(new Progress(io, () => nowMs), 2);
  const tell = progress.of('a\x1b.pcap');
  tell(1e6, 10e6);
  expect(stderr()).toBe('');
  nowMs = 1500;
  tell(5e6, 10e6);
  tell(6e6, 10e6);
  progress.done();
  expect(stderr()).toBe('\r\x1b[KReading 1 of 2, 50 % of 10 MB: a\\x1b.pc\r\x1b[K');
});

test('ReadingProgress writes nothing where stderr is no terminal', () => {
  const { io, stderr } = memoryIo();
  const progress = new ReadingProgress(new Progress(io, () => Number.MAX_SAFE_INTEGER), 1);
  progress.of('a.pcap')(1, undefined);
  progress.done();
  expect(stderr()).toBe('');
});
