/**
 * The page of `topo` in a real browser, of namespaces and devices with names that would be code: it complains of nothing,
 * runs none of them, finds what is searched for, and zooms.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageOrigin } from '../../../src/cli/page-origin.ts';
import { topologyPage } from '../../../src/report/html/topology-page.ts';
import { drawPicture } from '../../../src/report/svg/picture.ts';
import { topologyOf } from '../../../src/topology/topology.ts';
import { Browser, findBrowser } from '../../helpers/browser.ts';
import { hostile } from '../../topology/worlds.ts';

const ZOOM = `(() => {
  const svg = document.querySelector('.viewer svg');
  const widths = [svg.viewBox.baseVal.width];
  for (const button of ['in', 'fit']) {
    document.querySelector('[data-zoom="' + button + '"]').click();
    widths.push(svg.viewBox.baseVal.width);
  }
  return widths;
})()`;

const SEARCH = `(() => {
  const input = document.querySelector('.viewer input');
  input.value = '10.0.0.2';
  input.dispatchEvent(new Event('input'));
  return [document.querySelector('.viewer output').textContent, document.querySelectorAll('.chip.hit').length];
})()`;

const MADE_BY_A_NAME = `document.querySelectorAll('img, body script ~ script').length + [...document.scripts].filter((each) => each.textContent.startsWith('alert')).length`;

test('a page of topo works in Chromium, whatever devices are called', async ({ skip }) => {
  const program = findBrowser();
  if (program === undefined) return skip('no Chromium is installed (apt-get install chromium)');
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-page-'));
  const browser = await Browser.start(program);
  try {
    const topology = topologyOf(hostile());
    const picture = await drawPicture(topology);
    const page = { topology, picture, takenAt: undefined, compared: undefined };
    const file = join(folder, 'page.html');
    writeFileSync(file, topologyPage(page, pageOrigin(['nsdiag', 'topo'])));

    for (const viewing of [{ width: 1280, scheme: 'light' } as const, { width: 400, scheme: 'dark' } as const]) {
      await browser.open(file, viewing);
      expect(await browser.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      const [whole, nearer, again] = (await browser.evaluate(ZOOM)) as number[];
      expect(nearer).toBeLessThan(whole ?? 0);
      expect(again).toBe(whole);
      expect(await browser.evaluate(SEARCH)).toEqual(['1 found', 1]);
      expect(await browser.evaluate(MADE_BY_A_NAME)).toBe(0);
    }
    expect(browser.complaints).toEqual([]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});
