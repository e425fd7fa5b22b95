import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { memoryIo } from '../memory-io.ts';

const CAPTURE = fileURLToPath(new URL('../../../captures/port-dropped.pcap', import.meta.url));
const MISSING = 'missing.pcap';
const WHY = 'nsdiag: Cannot read missing.pcap: there is no such file\n';

async function analyze(...words: readonly string[]) {
  const { io, stdout, stderr } = memoryIo();
  const exitCode = await runCommandLine(['analyze', ...words], { io: () => io, version: '0' });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

test.each([
  ['--flow', '1'],
  ['--packet', `${MISSING}:1`],
])('%s %s says that the file cannot be read, not that it is empty', async (...words) => {
  expect(await analyze(MISSING, ...words)).toEqual({ exitCode: 2, stdout: '', stderr: WHY });
});

test('--flows says which file could not be read, and lists what the others hold', async () => {
  const { exitCode, stdout, stderr } = await analyze(CAPTURE, MISSING, '--json-lines');
  expect(exitCode).toBe(0);
  expect(stdout).not.toBe('');
  expect(stderr).toMatch(WHY);
});

test('--flows of nothing that can be read could not look', async () => {
  expect(await analyze(MISSING, '--flows')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(WHY) });
});

test('analyze "" is refused', async () => {
  const { exitCode, stderr } = await analyze(CAPTURE, '');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Cannot read a file without a name');
});

test.each([
  [['--flow', '1', '--flows'], '--flow and a list of flows'],
  [['--packet', 'a:1', '--flow', '1'], '--packet and --flow'],
  [['--flow', '1', '--html', 'x.html'], '--flow and --html'],
  [['--top', '3', '--snapshot', 'x.json'], 'a list of flows and --snapshot'],
])('analyze %j is refused: one of them would be left out', async (words, both) => {
  const { exitCode, stderr } = await analyze(CAPTURE, ...words);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`Cannot answer ${both} at once`);
});

test('analyze takes --html and --snapshot together: both are of the report', async () => {
  const { stderr } = await analyze(CAPTURE, '--snapshot', 'missing.json', '--html', '-');
  expect(stderr).toContain('Cannot read missing.json');
});
