/**
 * The page of an analysis in a real browser: it complains of nothing, keeps to a narrow screen, its flows can be sorted,
 * and a link to a flow opens it.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { memoryIo } from '../../cli/memory-io.ts';
import { Browser, findBrowser } from '../../helpers/browser.ts';

const CAPTURE = fileURLToPath(new URL('../../../captures/routing-loop.pcap', import.meta.url));

/** The numbers of flows, by packets, after one click and after two. */
const SORT = `(() => {
  const button = [...document.querySelectorAll('#flows th button')].find((each) => each.textContent === 'packets');
  const column = button.closest('th').cellIndex;
  const packets = () => [...document.querySelector('#flows table').tBodies[0].rows].map((row) => +row.cells[column].textContent);
  button.click();
  const down = packets();
  button.click();
  return { down, up: packets() };
})()`;

test('a page of analyze works in Chromium', async ({ skip }) => {
  const program = findBrowser();
  if (program === undefined) return skip('no Chromium is installed (apt-get install chromium)');
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-page-'));
  const browser = await Browser.start(program);
  try {
    const file = join(folder, 'page.html');
    await runCommandLine(['analyze', CAPTURE, '--html', file], { io: () => memoryIo().io, version: '0' });
    await browser.open(file, { width: 400, scheme: 'dark' });
    expect(await browser.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);

    const { down, up } = (await browser.evaluate(SORT)) as Record<'down' | 'up', number[]>;
    expect(down.length).toBeGreaterThan(3);
    expect(down).toEqual([...down].sort((a, b) => b - a));
    expect(up).toEqual([...down].sort((a, b) => a - b));

    await browser.evaluate(`document.querySelector('#findings a[href^="#flow-"]').click()`);
    const isOpen = `document.querySelector('#sequences details.fold').open`;
    await expect.poll(() => browser.evaluate(isOpen), { timeout: 10_000 }).toBe(true);
    expect(browser.complaints).toEqual([]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});
