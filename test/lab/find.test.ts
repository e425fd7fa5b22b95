import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findLab } from '../../src/lab/find.ts';
import { Failure } from '../../src/system/failure.ts';

const folder = mkdtempSync(join(tmpdir(), 'nsdiag-find-'));
afterAll(() => rmSync(folder, { recursive: true }));

function failureOf(asked: string): Failure {
  try {
    findLab(asked);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error(`${asked} was found`);
}

test('findLab() names the lab that was probably meant, and all that there are', () => {
  const failure = failureOf('brigde');
  expect(failure.message).toBe('Cannot find a lab called "brigde"');
  expect(failure.hint).toMatch(
    /^Did you mean bridge\? There are bridge, bridge-nat, .* a file of yours needs its path/,
  );
});

test('findLab() reads a file where the name holds a slash or ends in .yaml', () => {
  const path = join(folder, 'mine');
  writeFileSync(path, '{ name: mine, summary: s, picture: p, namespaces: [ns1] }');
  expect(findLab(path).lab.name).toBe('mine');
  expect(failureOf('nowhere.yaml').message).toMatch(/^Cannot read the lab in nowhere\.yaml: there is no such file$/);
});

test('findLab() shows every problem of a file, each with its line', () => {
  const path = join(folder, 'bad.yaml');
  writeFileSync(path, 'name: bad\nsummary: s\npicture: p\nnamespaces: [ns1]\nbrigdes: []\nlinks: 7\n');
  const failure = failureOf(path);
  expect(failure.message).toBe(`Cannot use the lab in ${path}: it has 2 problems`);
  expect(failure.stderr?.split('\n')).toEqual([
    `${path}:6: links: must be a list`,
    `${path}:5: brigdes: unknown key, did you mean bridges?`,
  ]);
});

test('findLab() refuses a file that is no lab by its size', () => {
  const path = join(folder, 'disk.yaml');
  writeFileSync(path, 'x'.repeat(2 * 1024 * 1024));
  expect(failureOf(path).message).toContain('it is larger (2097152 bytes) than any lab');
});
