import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeWhole } from '../../src/system/write-whole.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('writeWhole() makes a file, replaces one, and leaves nothing else', () => {
  const file = join(folder, 'net.json');
  writeWhole(file, 'first');
  writeWhole(file, 'second');

  expect(readFileSync(file, 'utf8')).toBe('second');
  expect(readdirSync(folder)).toEqual(['net.json']);
});

test('writeWhole() writes where a symbolic link leads', () => {
  writeFileSync(join(folder, 'real'), '');
  symlinkSync('real', join(folder, 'link'));
  writeWhole(join(folder, 'link'), 'text');

  expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('text');
});

test('writeWhole() writes to what is no regular file as it stands', () => {
  writeWhole('/dev/null', 'text');

  expect(readdirSync('/dev').filter((name) => name.startsWith('null.'))).toEqual([]);
});

test.each([
  ['a folder that is not there', 'no/net.json', /no\/net\.json: there is no such folder$/],
  ['a folder', '.', /it is a folder$/],
])('writeWhole() says what is wrong with %s, and leaves nothing', (_, name, message) => {
  expect(() => writeWhole(join(folder, name), 'text')).toThrow(message);
  expect(readdirSync(folder)).toEqual([]);
});
