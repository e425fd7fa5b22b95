import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { captureOf, HANDSHAKE, type Segment } from '../../postmortem/tcp/conversation.ts';
import { memoryIo } from '../memory-io.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-flow-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

async function analyze(segments: readonly Segment[], ...words: readonly string[]) {
  const path = join(FOLDER, 'a.pcap');
  writeFileSync(path, captureOf(segments));
  const { io, stdout, stderr } = memoryIo();
  const exitCode = await runCommandLine(['analyze', path, ...words], { io: () => io, version: '0' });
  return { exitCode, lines: stdout().split('\n'), stderr: stderr() };
}

const REQUEST: readonly Segment[] = [
  { from: '>', flags: 'PA', seq: 1, ack: 1, bytes: 5 },
  { from: '>', flags: 'PA', seq: 1, ack: 1, bytes: 5, after: 3e8 },
  { from: '<', flags: 'A', seq: 1, ack: 6 },
];

test('--flow draws one flow: who sent what when, relative numbers, what was sent again', async () => {
  const other = HANDSHAKE.map((segment) => ({ ...segment, clientPort: 41_000 }));
  const { exitCode, lines } = await analyze([...other, ...HANDSHAKE, ...REQUEST], '--flow', '2');
  expect(exitCode).toBe(0);
  expect(lines).toEqual([
    'Flow 2  tcp 10.0.0.1:40000 to 10.0.0.2:80: 6 packets, 10 bytes there, 0 back,',
    '        0.302 s, open',
    '',
    '            10.0.0.1:40000               10.0.0.2:80',
    '   0.000000 - SYN seq 0 ---------------------------> #4',
    '   0.001000 <--------------------- SYN seq 0 ack 1 - #5',
    '   0.002000 - ack 1 -------------------------------> #6',
    '   0.002100 - PSH seq 1 ack 1 len 5 ---------------> #7',
    '   0.302100 - PSH seq 1 ack 1 len 5 ---------------> #8 sent again',
    '   0.302200 <------------------------------- ack 6 - #9',
    '',
  ]);
});

test('--flow counts the middle of a long flow, but for what is odd in it', async () => {
  const data = Array.from({ length: 200 }, (_, at): Segment => {
    return { from: '>', flags: 'A', seq: 1 + at * 10, ack: 1, bytes: 10 };
  });
  const again: Segment = { from: '>', flags: 'A', seq: 1, ack: 1, bytes: 10, after: 1e9 };
  const { lines } = await analyze([...HANDSHAKE, ...data.slice(0, 100), again, ...data.slice(100)], '--flow', '1');
  expect(lines.filter((line) => line.includes('...'))).toEqual([
    '            ... 78 packets, 780 bytes ...',
    '            ... 84 packets, 840 bytes ...',
  ]);
  const odd = lines.flatMap((line) => line.match(/#\d+ (.+)/)?.[1] ?? []);
  expect(odd).toEqual(['window full', 'sent again']);
});

test.each([
  ['0', 'it is no number from 1'],
  ['2', 'the capture has 1 flow'],
  ['b.pcap:1', 'its file is not among the captures'],
])('--flow %s says why there is none', async (wanted, because) => {
  const { exitCode, stderr } = await analyze(HANDSHAKE, '--flow', wanted);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`Cannot show flow ${wanted}: ${because}`);
});
