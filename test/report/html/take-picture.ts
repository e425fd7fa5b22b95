/**
 * Takes the picture of a page for README.md, with Chromium.
 *
 * @module
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser, findBrowser } from '../../helpers/browser.ts';
import { examplePage, signed } from './page-picture.ts';

const program = findBrowser();
if (program === undefined) throw new Error('no Chromium is installed (apt-get install chromium)');
const folder = mkdtempSync(join(tmpdir(), 'nsdiag-picture-'));
const browser = await Browser.start(program);
try {
  const page = await examplePage();
  const path = join(folder, 'why.html');
  writeFileSync(path, page);
  await browser.open(path, { width: 900, scheme: 'light' });
  // The bundle of this program lies elsewhere: relative to where it is run.
  writeFileSync('captures/pictures/why.png', signed(await browser.screenshot(), page));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
