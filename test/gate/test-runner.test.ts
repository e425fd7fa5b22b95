/**
 * `.config/test.mjs` on small suites of its own: the closing line counts everything that went wrong, and a run that
 * looked at nothing fails.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
// Each case starts a vitest of its own: a second alone, several when the machine is busy.
const TIMEOUT_MS = 60_000;

let suites: string;
beforeAll(() => {
  suites = mkdtempSync(join(tmpdir(), 'nsdiag-suites-'));
});
afterAll(() => rmSync(suites, { recursive: true }));

test.each([
  ['passes what passes', { 'a.test.ts': `test('a', () => {}); test('b', () => {});` }, '2 passed, 0 failed', 0],
  ['fails what fails', { 'a.test.ts': `test('a', () => { throw new Error('a'); });` }, '0 passed, 1 failed', 1],
  [
    'counts a skip, which is no failure',
    { 'a.test.ts': `test('a', () => {}); test('b', (it) => it.skip('no root'));` },
    '1 passed, 0 failed, 1 skipped',
    0,
  ],
  ['counts a file that does not load', { 'a.test.ts': `import './missing.ts';` }, '0 passed, 1 failed', 1],
  [
    'counts a hook that throws',
    {
      'a.test.ts': `describe('group', () => { afterAll(() => { throw new Error('hook'); }); test('a', () => {}); });`,
    },
    '1 passed, 1 failed',
    1,
  ],
  [
    'counts an error that nobody awaited',
    { 'a.test.ts': `test('a', () => { Promise.reject(new Error('lost')); });` },
    '1 passed, 1 failed',
    1,
  ],
  ['fails when there is no test', {}, '0 passed, 0 failed', 1],
  [
    'fails when every test is skipped',
    { 'a.test.ts': `test('a', (it) => it.skip('no root'));` },
    '0 passed, 0 failed, 1 skipped',
    1,
  ],
])(
  'npm test %s',
  (name, files, closingLine, exitCode) => {
    const { stdout, status } = runSuite(name, files);

    expect(stdout.trimEnd().split('\n').at(-1)).toBe(closingLine);
    expect(status).toBe(exitCode);
  },
  TIMEOUT_MS,
);

test(
  'npm test says why tests were skipped, and how many',
  () => {
    const skipping = `test('a', () => {}); for (const name of ['b', 'c']) test(name, (it) => it.skip('needs root'));`;

    expect(runSuite('reasons', { 'a.test.ts': skipping }).stdout).toContain('\nskipped 2: needs root\n');
  },
  TIMEOUT_MS,
);

test(
  'npm test runs a failed live test once more, and tells when it passes then',
  () => {
    const late = `let tries = 0; test('late', () => { if (tries++ === 0) throw new Error('too early'); });`;
    const broken = `test('broken', () => { throw new Error('always'); });`;
    const { stdout, status } = runSuite('again', { 'live/a.test.ts': late, 'live/b.test.ts': broken });

    expect(stdout).toContain('\npassed only on the second try: test/live/a.test.ts: late\n');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 1 failed');
    expect(status).toBe(1);
  },
  TIMEOUT_MS,
);

test(
  'npm test counts a failure when vitest does not even start',
  () => {
    const { stdout, status } = runSuite('not started', {}, ['--no-such-option']);

    expect(stdout).toMatch(/\n0 passed, 1 failed\n$/);
    expect(status).toBe(1);
  },
  TIMEOUT_MS,
);

function runSuite(name: string, files: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const root = join(suites, name.replaceAll(' ', '-'));
  mkdirSync(join(root, 'test/live'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(join(root, 'test', file), `import { afterAll, describe, test } from 'vitest';\n${text}\n`);
  }
  // What this run tells its own workers must not reach the run inside it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('VITEST')));
  return spawnSync(process.execPath, [join(ROOT, '.config/test.mjs'), '--root', root, ...args], {
    env,
    encoding: 'utf8',
  });
}
