/**
 * A page in a real browser: it complains of nothing, nothing on it runs but its own script, and the buttons copy.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { whyPage } from '../../../src/report/html/why-page.ts';
import { Browser, findBrowser } from '../../helpers/browser.ts';
import { threeFaults } from '../example-diagnoses.ts';

const INJECTED = '<img src="x" onerror="document.title = 1"><script>document.title = 2</script><b style="color: red">';

test('a page of why works in Chromium, and its policy holds when its escaping would not', async ({ skip }) => {
  const program = findBrowser();
  if (program === undefined) return skip('no Chromium is installed (apt-get install chromium)');
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-page-'));
  const browser = await Browser.start(program);
  try {
    const page = pageText();
    const good = join(folder, 'good.html');
    writeFileSync(good, page);
    for (const width of [1280, 400]) {
      await browser.open(good, { width, scheme: width === 400 ? 'dark' : 'light' });
      expect(await browser.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${width} px`).toBe(true);
    }
    expect(await browser.evaluate('getComputedStyle(document.body).backgroundColor')).not.toBe('rgb(255, 255, 255)');
    expect(await browser.evaluate('document.querySelectorAll("details.section[open]").length')).toBeGreaterThan(3);
    expect(await browser.evaluate(CLICK)).toEqual({ label: 'Copied', text: 'ip -n router link set dev r2 up' });
    expect(browser.complaints).toEqual([]);

    const injected = join(folder, 'injected.html');
    writeFileSync(injected, page.replace('<main>', `<main>${INJECTED}`));
    await browser.open(injected, { width: 1280, scheme: 'light' });
    expect(await browser.evaluate('document.title')).toMatch(/^✗ ns1 cannot reach/);
    expect(browser.complaints.join('\n')).toMatch(/Content Security Policy/);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});

/** What the first button says once it was clicked, and what was copied. */
const CLICK = `(async () => {
  const copied = [];
  Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => void copied.push(text) } });
  const button = document.querySelector('button[data-copy]');
  button.click();
  await new Promise((resolve) => requestAnimationFrame(resolve));
  return { label: button.hidden ? 'hidden' : button.textContent, text: copied[0] };
})()`;

function pageText(): string {
  const page = { diagnosis: threeFaults(), picture: undefined, facts: [], asOf: '2026-11-22T01:02:03.000Z' };
  const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('base64');
  return whyPage(page, { version: '1', madeAt: page.asOf, commandLine: 'nsdiag why', sha256 });
}
