/**
 * The tree is the architecture: few entries at the top, every folder of src/ on the map in src/README.md, tests that
 * mirror src/, and no file too long to be read at one go.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const LONGEST_FILE_LINES = 350;

const AT_THE_TOP =
  /^(src|bin|captures|test|package\.json|package-lock\.json|tsconfig\.json|LICENSE|(README|CHANGELOG)\.md|\..+)$/;
/** What npm and the build leave there, ignored by git. */
const LEFT_BY_TOOLS = /^(node_modules|dist(\..+)?|coverage|.+\.tgz)$/;
/** Folders of test/ that mirror no folder of src/. */
const OF_TESTS_ALONE = ['accuracy', 'bench', 'fixtures', 'gate', 'helpers', 'live', 'package'];

test('the top of the checkout holds nothing but the agreed entries', () => {
  const entries = readdirSync(ROOT).filter((name) => !LEFT_BY_TOOLS.test(name));

  expect(entries).toContain('src');
  expect(entries.filter((name) => !AT_THE_TOP.test(name))).toEqual([]);
});

test('the map in src/README.md names every folder of src/, and no other', () => {
  const map = readFileSync(join(ROOT, 'src/README.md'), 'utf8');
  const named = [...map.matchAll(/^\| `([a-z]+)\/` \|/gm)].map(([, name]) => name);

  expect(named.length).toBeGreaterThan(0);
  expect(named.sort()).toEqual(foldersOf('src').sort());
});

test('every folder of test/ mirrors one of src/, or is known to stand alone', () => {
  const known = new Set([...foldersOf('src'), ...OF_TESTS_ALONE]);

  expect(foldersOf('test').filter((name) => !known.has(name))).toEqual([]);
});

test(`no file of src/ is longer than ${LONGEST_FILE_LINES} lines`, () => {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const lengths = files.map((path) => ({
    path,
    lines: readFileSync(join(ROOT, 'src', path), 'utf8').split('\n').length - 1,
  }));

  expect(lengths.length).toBeGreaterThan(0);
  expect(lengths.filter(({ lines }) => lines > LONGEST_FILE_LINES)).toEqual([]);
});

/** Folders with at least one file in them: git knows no others. */
function foldersOf(path: string): string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasFiles(join(ROOT, path, entry.name)))
    .map((entry) => entry.name);
}

function hasFiles(folder: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile());
}
