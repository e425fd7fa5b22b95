import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { examplePage, PICTURE, pageOf, sha256Of } from './page-picture.ts';

const RENEW = 'renew it: node .config/run-ts.mjs test/report/html/take-picture.ts';

test('the picture that README.md shows of a page of why was taken of the page as it is', async () => {
  expect(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')).toContain('captures/pictures/why.png');
  expect(pageOf(readFileSync(PICTURE)), RENEW).toBe(sha256Of(await examplePage()));
});
