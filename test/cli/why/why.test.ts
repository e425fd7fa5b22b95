import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { CommandIo } from '../../../src/cli/io.ts';
import type { Ground } from '../../../src/cli/why/ground.ts';
import { parseRequest, type WhyOptions } from '../../../src/cli/why/request.ts';
import { why } from '../../../src/cli/why/why.ts';
import type { Host } from '../../../src/host/host.ts';
import { addRoutes, hostOf } from '../../helpers/build-host.ts';
import { memoryIo } from '../memory-io.ts';

const validate = new Ajv2020({ strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL('../../../src/report/schemas/why-1.schema.json', import.meta.url), 'utf8')),
);

const BROKEN = hostOf({
  ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.1.1/24'] } }, routes: ['10.0.2.0/24 dev veth0'] },
  ns2: { links: { veth1: { addresses: ['10.0.2.1/24'] } } },
});
const REPAIRED = addRoutes(BROKEN, 'ns2', '10.0.1.0/24 dev veth1');

/** A machine that looks like these hosts, one after the other; the last one stays. */
function groundOf(...hosts: readonly Host[]): { readonly ground: Ground; readonly looks: () => number } {
  let looks = 0;
  const look = async () => {
    const host = hosts[Math.min(looks++, hosts.length - 1)];
    if (host === undefined) throw new Error('no host');
    return host;
  };
  const hear = async () => ({ observation: undefined, routes: [], notes: [] });
  return {
    ground: {
      look,
      hear,
      settle: undefined,
      leave: async () => undefined,
      inodeOf: () => undefined,
      hostsFile: () => new Map(),
      resolve: async () => {
        throw new Error('no name was asked for');
      },
    },
    looks: () => looks,
  };
}

async function run(hosts: readonly Host[], options: Partial<WhyOptions>, io: Partial<CommandIo> = {}) {
  const memory = memoryIo(io);
  const { ground, looks } = groundOf(...hosts);
  const request = parseRequest('ns1', '10.0.2.1', { probe: true, trace: true, ...options });
  const exitCode = await why(memory.io, async () => ground, request);
  return { exitCode, stdout: memory.stdout(), stderr: memory.stderr(), looks: looks() };
}

test.each([
  ['0 when it is reachable', REPAIRED, 0],
  ['1 when it is not', BROKEN, 1],
])('why() answers %s', async (_, host, exitCode) => {
  expect((await run([host], {})).exitCode).toBe(exitCode);
  const { exitCode: ofJson, stdout } = await run([host], { json: true });
  expect(ofJson).toBe(exitCode);
  expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
});

test('why() says which program its fix needs that is not installed, and keeps silent about those it does not need', async () => {
  const lacking = { ...BROKEN, tools: { ...BROKEN.tools, missing: ['conntrack', 'ip'] } };
  const { notes } = JSON.parse((await run([lacking], { json: true })).stdout);
  expect(notes).toContain('A fix here runs ip, which is not installed (apt-get install iproute2)');
  expect(notes.join()).not.toContain('conntrack');
});

test('why() answers 3 when it cannot tell', async () => {
  const unread = {
    ...BROKEN,
    namespaces: BROKEN.namespaces.map((netns) =>
      netns.name === 'ns2' ? { ...netns, routes: { known: false, why: 'no permission' } as const } : netns,
    ),
  };
  expect(await run([unread], {})).toMatchObject({
    exitCode: 3,
    stdout: expect.stringMatching(/^\? Cannot tell whether/),
  });
});

test('why() offers to run the fix where that can be done, with the options of the question', async () => {
  expect((await run([BROKEN], { from: '10.0.1.1' })).stdout).toContain(
    'nsdiag why ns1 10.0.2.1 --from 10.0.1.1 --fix\n',
  );
  expect((await run([BROKEN], { snapshot: ['x'] })).stdout).not.toContain('--fix');
});

test('why() --fix runs nothing after a no, and when there is nothing to run', async () => {
  const no = await run([BROKEN], { fix: true }, { confirm: async () => false });
  expect(no).toMatchObject({ exitCode: 1, looks: 1, stderr: 'Nothing was run\n' });
  let asked = 0;
  const nothing = await run([REPAIRED], { fix: true }, { confirm: async () => asked++ > 0 });
  expect(nothing).toMatchObject({ exitCode: 0, looks: 1, stderr: '' });
  expect(asked).toBe(0);
});

test('why() --fix asks about the number of commands', async () => {
  const questions: string[] = [];
  const confirm = async (question: string) => questions.push(question) === 0;
  await run([BROKEN], { fix: true }, { confirm });
  expect(questions).toEqual(['Run this command?']);
});

test.each([
  ['--fix without a terminal', { fix: true }, /there is no terminal/],
  ['--fix --json without --yes', { fix: true, json: true }, /--json leaves no room/],
])('why() refuses %s before it looks', async (_, options, message) => {
  await expect(run([BROKEN], options)).rejects.toThrow(message);
});

test.each([
  ['--yes without --fix', { yes: true }, /no question without --fix/],
  ['--fix on a snapshot', { fix: true, snapshot: ['x'] }, /it is a file/],
])('parseRequest() refuses %s', (_, options, message) => {
  expect(() => parseRequest('ns1', '10.0.2.1', { probe: true, trace: true, ...options })).toThrow(message);
});

test('parseRequest() offers names that begin like options behind --', () => {
  expect(parseRequest('-x', 'ns2', { probe: true, trace: true, port: '80' }).offer).toEqual([
    ...['nsdiag', 'why', '--port', '80', '--fix', '--', '-x', 'ns2'],
  ]);
});

test('why() --html writes the page besides, whole, and says where', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-why-'));
  try {
    const html = join(folder, 'why.html');
    const text = await run([BROKEN], { html });
    expect(text).toMatchObject({ exitCode: 1, stderr: `nsdiag: the page is in ${html}\n` });
    expect(text.stdout).toMatch(/^✗ ns1 cannot reach/);
    expect(readFileSync(html, 'utf8')).toMatch(
      /^<!doctype html>[\s\S]*nsdiag why ns1 10\.0\.2\.1 --html [\s\S]*<\/html>\n$/,
    );
    expect(readFileSync(html, 'utf8')).toMatch(/<svg [\s\S]*class="way request"[\s\S]*class="death"/);
    const json = await run([BROKEN], { html, json: true });
    expect(validate(JSON.parse(json.stdout)), JSON.stringify(validate.errors)).toBe(true);
    const nowhere = run([BROKEN], { html: join(folder, 'none', 'why.html'), json: true });
    await expect(nowhere).rejects.toThrow(/there is no such folder/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('why() --html - prints the page in the place of the text', async () => {
  const { stdout, stderr } = await run([BROKEN], { html: '-' });
  expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  expect(stderr).toBe('');
});

test.each([
  [{ html: '-', json: true }, /--json prints a document there/],
  [{ html: '-', fix: true }, /--fix prints what it runs there/],
])('parseRequest() refuses %j', (options, message) => {
  expect(() => parseRequest('ns1', '10.0.2.1', { probe: true, trace: true, ...options })).toThrow(message);
});
