import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { packetBlock } from '../../../src/wire/capture-file/write-packet.ts';
import { interfaceBlock, sectionBlock } from '../../../src/wire/capture-file/write-pcapng.ts';
import { joined } from '../../helpers/hex.ts';
import { dns, echo, udp } from '../../helpers/packets.ts';
import { memoryIo } from '../memory-io.ts';

const capture = (name: string) => fileURLToPath(new URL(`../../../captures/${name}.pcap`, import.meta.url));
/** Of a router that has 10.0.1.1 on l0, and a blackhole for 10.6.0.0/16. */
const SNAPSHOT = fileURLToPath(new URL('../../fixtures/recordings/odd-router.json', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-page-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @param frames A frame every five seconds. */
function written(name: string, device: string, frames: readonly Uint8Array[]): string {
  const path = join(folder, name);
  const bytes = joined(
    sectionBlock({ application: 'test' }),
    interfaceBlock({ name: device, linkType: 1, snapLengthBytes: 0 }),
    ...frames.map((frame, at) =>
      packetBlock({
        interfaceId: 0,
        seconds: 1_795_309_200 + 5 * at,
        nanoseconds: 0,
        originalBytes: frame.length,
        bytes: frame,
      }),
    ),
  );
  writeFileSync(path, bytes);
  return path;
}

async function pageOf(...argv: readonly string[]) {
  const { io, stdout, stderr } = memoryIo();
  const exitCode = await runCommandLine(['analyze', ...argv, '--html', '-'], { io: () => io, version: '0' });
  return { page: stdout(), stderr: stderr(), exitCode };
}

describe('nsdiag analyze --html', () => {
  test('shows the outcome, the frames with what is in them, the flow, and the files', async () => {
    const { page, exitCode } = await pageOf(capture('port-dropped'));

    expect(exitCode).toBe(1);
    expect(page).toMatch(/<h1><span class="bad">✗<\/span> 10\.1\.0\.2 asked 10\.3\.0\.2 port 9090/);
    expect(page).toContain('TCP SYN 10.1.0.2:');
    expect(page).toMatch(/0000 {2}([0-9a-f]{2} ){8}/);
    expect(page).toMatch(/<a href="#flow-1-\d+">flow \d+<\/a>/);
    expect(page).toMatch(/<div id="flow-1-\d+"><pre[^>]*>Flow \d+ {2}tcp 10\.1\.0\.2:\d+ to 10\.3\.0\.2:9090/);
    expect(page).toContain('href="#finding-1"><path class="error"');
  });

  test('draws the points with what passed between them', async () => {
    const { page, exitCode } = await pageOf(capture('healthy'));

    expect(exitCode).toBe(0);
    expect(page).toMatch(/<ol class="way"><li class="point">[\s\S]*↓ 3 seen[\s\S]*↑ 3 seen/);
    expect(page).not.toContain('id="findings"');
  });

  test('has the commands of the cause, with a snapshot', async () => {
    const frames = [1, 2, 3].map((sequence) => echo('10.0.1.1', '10.6.0.9', sequence));
    const { page } = await pageOf(written('lost.pcapng', 'eth0', frames), '--snapshot', SNAPSHOT);

    expect(page).toContain('<pre data-copied="">ip -n router route del blackhole 10.6.0.0/16</pre>');
    expect(page).toContain('<span class="bad mono">route-blackhole</span>');
  });

  test('shows hostile names as text, wherever they come from, and loads nothing', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const query = udp('10.0.0.1', '10.0.0.2', 40_000, 53, dns(5, '<script>alert(2)</script>.example'));
    const again = udp('10.0.0.1', '10.0.0.2', 40_001, 53, dns(6, '<script>alert(2)</script>.example'));
    const path = written(`${hostile}.pcapng`, `"'><svg onload=alert(3)>`, [
      query,
      again,
      echo('10.0.0.1', '10.0.0.2', 1),
    ]);
    const { page } = await pageOf(path);

    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).toContain('&lt;script&gt;alert(2)');
    expect(page).toContain('&lt;svg onload=alert(3)&gt;');
    expect(page).not.toMatch(/<img|<script>alert|<svg onload/);
    expect(page).toContain("default-src 'none'");
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/(?:src|href)="(?!#|data:,")/);
  });

  test('writes the page to a file, and the text to stdout', async () => {
    const file = join(folder, 'page.html');
    const { io, stdout, stderr } = memoryIo();
    await runCommandLine(['analyze', capture('routing-loop'), '--html', file], { io: () => io, version: '0' });

    expect(stdout()).toContain('Error: routing-loop');
    expect(stderr()).toBe(`nsdiag: the page is in ${file}\n`);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test('refuses to print a page and a document into one stdout', async () => {
    const { stderr, exitCode } = await pageOf(capture('healthy'), '--json');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('Cannot print the page');
  });
});
