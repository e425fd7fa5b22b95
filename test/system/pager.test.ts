import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { page } from '../../src/system/pager.ts';

const folder = mkdtempSync(join(tmpdir(), 'nsdiag-pager-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('page() gives the whole text to the line of shell in PAGER, and tells less what git tells it', async () => {
  const file = join(folder, 'shown');
  const text = 'a line\n'.repeat(50_000);
  expect(await page(text, { PAGER: `(echo "$LESS"; cat) > '${file}'` })).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(`FRX\n${text}`);
});

test('page() keeps what the person has told less', async () => {
  const file = join(folder, 'less');
  await page('', { NSDIAG_PAGER: `echo "$LESS" > '${file}'`, PAGER: 'false', LESS: '-S' });
  expect(readFileSync(file, 'utf8')).toBe('-S\n');
});

test('page() takes a pager that ends early for one that has shown enough', async () => {
  expect(await page('a line\n'.repeat(50_000), { PAGER: 'head -1 > /dev/null' })).toBe(true);
});

test.each([[''], ['cat'], ['no-such-pager']])('page() shows nothing where PAGER is "%s"', async (pager) => {
  expect(await page('text\n', { PAGER: pager })).toBe(false);
});
