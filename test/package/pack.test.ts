/**
 * The tarball, as a person gets it: installed into an empty prefix with no registry to ask and no cache to draw on, and
 * run from there. What it holds is what was built: `npm test` builds first.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
// npm takes seconds to pack and to install, more on a busy machine.
const TIMEOUT_MS = 120_000;

let prefix: string;
let packed: readonly string[];

beforeAll(() => {
  prefix = mkdtempSync(join(tmpdir(), 'nsdiag-pack-'));
  const pack = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', prefix]);
  expect(pack.status, pack.stderr).toBe(0);
  const [{ filename, files }] = JSON.parse(pack.stdout);
  packed = files.map((file: { readonly path: string }) => file.path);

  const install = npm(['install', '--global', '--offline', '--prefix', prefix, join(prefix, filename)]);
  expect(install.status, install.stderr).toBe(0);
}, TIMEOUT_MS);
afterAll(() => rmSync(prefix, { recursive: true }));

test('nsdiag --version, installed, prints the version of package.json and nothing else', () => {
  expect(nsdiag(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('nsdiag why --help, installed, names the options', () => {
  const { status, stdout, stderr } = nsdiag(['why', '--help']);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('--no-probe');
});

test('nsdiag lab list, installed, finds the labs that were packed', () => {
  const { status, stdout, stderr } = nsdiag(['lab', 'list']);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const file of labs()) expect(stdout).toContain(file.replace('.yaml', ''));
});

test('npm pack takes every lab and every schema', () => {
  expect(labs().length).toBeGreaterThan(0);
  expect(packed.filter((path) => path.startsWith('dist/labs/')).sort()).toEqual(
    labs().map((file) => `dist/labs/${file}`),
  );
  expect(packed.filter((path) => path.startsWith('dist/schemas/')).sort()).toEqual(
    schemas().map((file) => `dist/schemas/${file}`),
  );
});

test('npm pack takes the manual page, and npm install puts it where man finds it', () => {
  expect(packed).toContain('dist/man/nsdiag.1');
  expect(readFileSync(join(prefix, 'share/man/man1/nsdiag.1'), 'utf8')).toContain('.TH NSDIAG 1');
});

test('npm pack takes the licences, ours and those of what is bundled', () => {
  expect(packed).toContain('LICENSE');
  expect(packed).toContain('dist/THIRD-PARTY-LICENSES.txt');
  expect(readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8')).toContain('Permission is hereby granted');
});

test('npm pack takes the program, its one unbundled package and the papers, and nothing else', () => {
  const expected =
    /^(bin\/nsdiag\.js|dist\/[^/]+\.(js|txt|cjs|cjs\.compiled)|dist\/(labs|schemas)\/.+|dist\/man\/nsdiag\.1|node_modules\/pcap-parser\/.+|package\.json|(README|CHANGELOG)\.md|LICENSE)$/;

  expect(packed.length).toBeGreaterThan(0);
  expect(packed.filter((path) => !expected.test(path))).toEqual([]);
});

test.each(['nsdiag', 'read-captures'])(
  'dist/%s.cjs is ASCII, as start.ts reads it, and its compiled code is taken by the V8 that made it',
  (name) => {
    const path = join(ROOT, `dist/${name}.cjs`);
    const source = readFileSync(path);

    expect(source.every((byte) => byte < 0x80)).toBe(true);
    const script = new Script(source.toString('latin1'), {
      filename: path,
      cachedData: readFileSync(`${path}.compiled`),
    });
    expect(script.cachedDataRejected).toBe(false);
  },
);

test.each([
  ['is not there', (path: string) => rmSync(path)],
  ['is of another V8', (path: string) => writeFileSync(path, 'of another V8')],
])('nsdiag analyze answers where the compiled code %s', (_, spoil) => {
  const copy = mkdtempSync(join(tmpdir(), 'nsdiag-dist-'));
  try {
    for (const folder of ['bin', 'dist', 'package.json'])
      cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
    for (const script of ['nsdiag', 'read-captures']) spoil(join(copy, `dist/${script}.cjs.compiled`));
    const words = [join(copy, 'bin/nsdiag.js'), 'analyze', join(ROOT, 'captures/healthy.pcap')];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('packets');
  } finally {
    rmSync(copy, { recursive: true });
  }
});

function labs(): readonly string[] {
  return filesOf('src/lab/labs', '.yaml');
}

function schemas(): readonly string[] {
  return filesOf('src/report/schemas', '.json');
}

function filesOf(folder: string, extension: string): readonly string[] {
  const path = join(ROOT, folder);
  return existsSync(path)
    ? readdirSync(path)
        .filter((file) => file.endsWith(extension))
        .sort()
    : [];
}

function npm(args: readonly string[]) {
  const quiet = ['--loglevel', 'error', '--no-audit', '--no-fund', '--cache', join(prefix, 'cache')];
  return spawnSync('npm', [...args, ...quiet], { cwd: ROOT, encoding: 'utf8' });
}

function nsdiag(args: readonly string[]) {
  return spawnSync(join(prefix, 'bin/nsdiag'), args, { cwd: tmpdir(), encoding: 'utf8' });
}
