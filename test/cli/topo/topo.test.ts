import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { FORMATS, formatOf } from '../../../src/cli/topo/format.ts';
import { memoryIo } from '../memory-io.ts';

const ROUTER = fileURLToPath(new URL('../../fixtures/recordings/odd-router.json', import.meta.url));

async function topo(...words: readonly string[]) {
  const memory = memoryIo();
  const exitCode = await runCommandLine(['topo', '--snapshot', ROUTER, ...words], {
    io: () => memory.io,
    version: '0',
  });
  return { exitCode, stdout: memory.stdout(), stderr: memory.stderr() };
}

test.each([
  [{ json: false }, 'tree'],
  [{ json: true }, 'json'],
  [{ json: false, output: 'net.svg' }, 'svg'],
  [{ json: false, output: 'NET.HTML' }, 'html'],
  [{ json: false, output: 'net.gv' }, 'dot'],
  [{ json: false, output: 'net.txt' }, 'tree'],
  [{ json: false, output: 'net.svg', format: 'dot' }, 'dot'],
  [{ json: true, format: 'json' }, 'json'],
])('formatOf(%j) is %s', (asked, format) => {
  expect(formatOf(asked)).toBe(format);
});

test.each([
  [{ json: false, format: 'png' }, 'Cannot write as "png"'],
  [{ json: true, format: 'svg' }, 'Cannot write as svg and as JSON at once'],
])('formatOf(%j) refuses', (asked, message) => {
  expect(() => formatOf(asked)).toThrow(message);
});

test.each(FORMATS)('nsdiag topo --format %s ends with 0, whatever is odd, and says nothing else', async (format) => {
  const { exitCode, stdout, stderr } = await topo('--format', format);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.length).toBeGreaterThan(100);
});

test.each(FORMATS)('nsdiag topo --redact --format %s shows no name, address or MAC of the network', async (format) => {
  const { namespaces, oddities } = JSON.parse((await topo('--json')).stdout);
  const devices = namespaces.flatMap((each: { devices: readonly object[] }) => each.devices);
  const secrets: readonly string[] = [
    ...namespaces.map(({ name }: { name: string }) => name).filter((name: string) => name !== 'host'),
    ...devices.flatMap(({ addresses }: { addresses: readonly { address: string }[] }) =>
      addresses.map((each) => each.address),
    ),
    ...devices.flatMap(({ mac }: { mac: string | null }) => mac ?? []),
  ].filter((secret) => !/^(127\.|::1$|00:00:00:00:00:00)/.test(secret));
  const { exitCode, stdout } = await topo('--redact', '--format', format, '--diff', ROUTER);

  // What is ours alone has words of its own, such as `left`.
  const shown = stdout.replace(/<(style|script)>.*?<\/\1>/gs, '');
  expect(exitCode).toBe(0);
  expect([secrets.length > 4, oddities.length > 0]).toEqual([true, true]);
  expect(secrets.filter((secret) => new RegExp(`(?<![\\w.:])${secret}(?![\\w.:])`).test(shown))).toEqual([]);
});

test('nsdiag topo -o writes the file, and says so where results do not go', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-topo-'));
  try {
    const { exitCode, stdout, stderr } = await topo('-o', join(folder, 'net.svg'));

    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toMatch(/^nsdiag: wrote \d+ namespaces with \d+ devices as svg\n$/);
    expect(readFileSync(join(folder, 'net.svg'), 'utf8')).toContain('<svg ');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nsdiag topo --json of a namespace that there is not is one document, with the reason', async () => {
  const { exitCode, stdout } = await topo('--json', 'nowhere');

  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'nsdiag.topo/1',
    error: { message: 'Cannot show "nowhere": there is no such namespace' },
  });
});

test('nsdiag topo --diff of a file that is no snapshot ends with 2, and says how to take one', async () => {
  const { exitCode, stderr } = await topo('--diff', fileURLToPath(import.meta.url));

  expect(exitCode).toBe(2);
  expect(stderr).toContain('nsdiag snapshot -o FILE');
});
