import { expect, test } from 'vitest';
import { FAULT_FACTS } from '../../src/cli/explain/explained.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { FINDING_CODES } from '../../src/postmortem/finding-code.ts';
import { memoryIo } from './memory-io.ts';

const CODES = [...new Set([...FAULT_FACTS.map(({ code }) => code), ...FINDING_CODES])];

async function explain(...words: readonly string[]) {
  const { io, stdout, stderr } = memoryIo();
  const exitCode = await runCommandLine(['explain', ...words], { io: () => io, version: '0' });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

test('explain lists every code that why and analyze can print, each in one line of 80 columns', async () => {
  const { exitCode, stdout } = await explain();
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n');
  const codes = lines.flatMap((line) => line.match(/^ {2}([a-z]\S*) {2,}[A-Z]/)?.[1] ?? []);
  expect(codes.sort()).toEqual([...CODES].sort());
  expect(lines.filter((line) => line.length > 80 || /^ {3}/.test(line))).toEqual([]);
});

test.each(CODES)('explain %s tells its page within 80 columns', async (code) => {
  const { exitCode, stdout } = await explain(code);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^${code}: [A-Z]`));
  for (const heading of ['How Linux behaves', 'See it by hand', 'Repair it', 'Not to be taken for it']) {
    expect(stdout).toContain(`\n\n${heading}\n`);
  }
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('explain shows the lab fault of a code, and says why where there is none', async () => {
  expect((await explain('route-blackhole')).stdout).toContain(
    '    sudo nsdiag lab shell two-subnets\n    nsdiag lab break two-subnets blackholed\n    nsdiag why vnet0 10.0.2.1\n',
  );
  for (const { code } of FAULT_FACTS) expect((await explain(code)).stdout).toContain('\nTry it\n');
});

test('explain searches the pages for a word that is no code, the best first', async () => {
  const { exitCode, stdout } = await explain('hairpin');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^"hairpin" is no code; it is found in \d+ pages:\n\n {2}bridge-hairpin-off /);
  expect(stdout).toContain('\n  dnat-wrong ');
});

test('explain searches for all of several words', async () => {
  const { stdout } = await explain('strict', 'arp');
  expect(stdout).toContain('\n  rp-filter ');
  expect(stdout).not.toContain('\n  no-route ');
});

test('explain names the near codes for a slip, and says that nothing was found', async () => {
  expect(await explain('no-ruote')).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'nsdiag: Cannot explain "no-ruote": it is no code, and no page has it\n  Near: no-route\n',
  });
});

test('explain --json is one document, of one code, of all, of what was found and of nothing', async () => {
  const documentOf = async (...words: readonly string[]) => JSON.parse((await explain(...words, '--json')).stdout);
  expect(await documentOf('no-route')).toMatchObject({
    schema: 'nsdiag.explain/1',
    asked: 'no-route',
    codes: [{ code: 'no-route', group: 'routing', source: expect.any(String), labs: expect.any(Array) }],
  });
  expect((await documentOf()).codes.map(({ code }: { code: string }) => code).sort()).toEqual([...CODES].sort());
  expect((await documentOf('hairpin')).codes[0].code).toBe('bridge-hairpin-off');
  expect(await documentOf('xyzzy')).toMatchObject({ codes: [], error: { message: expect.stringContaining('xyzzy') } });
});
