import { expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/program.ts';
import { ALL_RULES } from '../../src/faults/all.ts';
import { memoryIo } from './memory-io.ts';

async function explain(...words: readonly string[]) {
  const { io, stdout, stderr } = memoryIo();
  const exitCode = await runCommandLine(['explain', ...words], { io: () => io, version: '0' });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

test('explain lists every code that why can print', async () => {
  const { exitCode, stdout } = await explain();
  expect(exitCode).toBe(0);
  const codes = stdout.split('\n').flatMap((line) => line.match(/^[a-z]\S*/) ?? []);
  expect(codes).toEqual([...ALL_RULES.map(({ code }) => code), 'bad-offload', 'name-unresolved', 'unexplained-loss']);
});

test('explain tells one code', async () => {
  expect((await explain('no-route')).stdout).toMatch(/^no-route: .+\n {2}source {2}\S/);
  expect((await explain('unexplained-loss')).exitCode).toBe(0);
});

test('explain names the near codes for one that does not exist', async () => {
  expect(await explain('no-rout')).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'nsdiag: Cannot explain "no-rout": nsdiag has no such fault code\n  Near: no-route\n',
  });
});
