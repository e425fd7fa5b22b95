import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { IoOptions } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { Failure } from '../../src/system/failure.ts';
import { memoryIo } from './memory-io.ts';

async function nsdiag(...words: readonly string[]) {
  const { io, stdout, stderr } = memoryIo();
  const exitCode = await runCommandLine(words, { io: () => io, version: '1.2.3' });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

test('runCommandLine() without words prints the help to stderr and could not look', async () => {
  const { exitCode, stdout, stderr } = await nsdiag();
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  for (const { name } of COMMANDS) expect(stderr).toContain(`\n  ${name} `);
});

test.each([['--help'], ['-h'], ['help']])('runCommandLine() %s prints the help to stdout', async (word) => {
  const { exitCode, stdout, stderr } = await nsdiag(word);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('Exit: 0 reachable');
});

test('COMMANDS has modules that all tell their examples, within 80 columns', async () => {
  expect(COMMANDS.length).toBeGreaterThan(0);
  for (const { name } of COMMANDS) {
    for (const words of [
      [name, '--help'],
      ['help', name],
    ]) {
      const { exitCode, stdout } = await nsdiag(...words);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`Usage: nsdiag ${name}`);
      expect(stdout).toMatch(/Examples:\n {2}.*nsdiag /);
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  }
});

test('runCommandLine() -V prints the version with other words too', async () => {
  const version = { exitCode: 0, stdout: '1.2.3\n', stderr: '' };
  expect(await nsdiag('-V')).toEqual(version);
  expect(await nsdiag('--no-color', 'doctor', '--version')).toEqual(version);
});

test('runCommandLine() names the near command for one that it does not know', async () => {
  const { exitCode, stdout, stderr } = await nsdiag('docotr');
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe("nsdiag: unknown command 'docotr'\n(Did you mean doctor?)\n  See: nsdiag --help\n");
});

test('runCommandLine() refuses an unknown option and says where the known ones stand', async () => {
  const { exitCode, stderr } = await nsdiag('doctor', '--jso');
  expect(exitCode).toBe(2);
  expect(stderr).toBe("nsdiag: unknown option '--jso'\n(Did you mean --json?)\n  See: nsdiag doctor --help\n");
});

test('runCommandLine() escapes what it repeats of a command line', async () => {
  expect((await nsdiag('\x1b[2J')).stderr).toContain("unknown command '\\x1b[2J'");
});

test('runCommandLine() with --json prints one document when the words are wrong', async () => {
  const { exitCode, stdout, stderr } = await nsdiag('doctor', '--json', '--nonsense');
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'nsdiag.doctor/1',
    error: { message: expect.stringContaining('nonsense') },
  });
  expect(stderr).toContain('nonsense');
});

test.each(['capture', 'watch'])('runCommandLine() %s --json prints one line, as it does each time', async (command) => {
  const { exitCode, stdout } = await nsdiag(command, '--json', '--nonsense');
  expect(exitCode).toBe(2);
  expect(stdout.split('\n')).toEqual([expect.stringContaining('nonsense'), '']);
  expect(JSON.parse(stdout)).toMatchObject({ schema: `nsdiag.${command}/1` });
});

test.each([
  [['--color', 'explain'], true],
  [['explain', '--color'], true],
  [['explain', '--no-color'], false],
  [['explain'], undefined],
])('runCommandLine() %j asks for colour: %s', async (words, expected) => {
  const asked: (boolean | undefined)[] = [];
  const { io } = memoryIo();
  const ioFor = ({ color }: IoOptions) => {
    asked.push(color);
    return io;
  };
  expect(await runCommandLine(words, { io: ioFor, version: '1.2.3' })).toBe(0);
  expect(asked.at(-1)).toBe(expected);
});

test('runCommandLine() tells of an interruption, not of what broke on the way out', async () => {
  const controller = new AbortController();
  controller.abort(new Failure('interrupted', 'Interrupted by SIGINT'));
  const { io, stderr } = memoryIo({ signal: controller.signal });
  expect(await runCommandLine(['why', 'host', '127.0.0.1'], { io: () => io, version: '1.2.3' })).toBe(2);
  expect(stderr()).toBe('nsdiag: Interrupted by SIGINT\n');
});
