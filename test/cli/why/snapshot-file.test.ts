import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSnapshots } from '../../../src/cli/why/snapshot-file.ts';
import { writeRecording } from '../../../src/recording/read-recording.ts';
import type { RecordedNamespace, Recording } from '../../../src/recording/recording.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-snapshots-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function namespace(name: string, inode: number, obstacle: string | null = null): RecordedNamespace {
  return { name, aliases: [], inode, entry: { kind: 'named', name }, obstacle, nsids: {}, outputs: {} };
}

function recording(over: Partial<Recording>): Recording {
  return {
    schema: 'nsdiag.snapshot/1',
    takenAt: '2026-11-22T03:00:00.000Z',
    nsdiag: '0.1.0',
    kernel: '6.18.0',
    tools: {},
    namespaces: [],
    notes: [],
    ...over,
  };
}

function save(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const saved = (name: string, over: Partial<Recording>) => save(name, writeRecording(recording(over)));

test('readSnapshots() reads one file', async () => {
  const namespaces = [namespace('ns1', 1)];
  expect(await readSnapshots([saved('one', { namespaces })])).toEqual(recording({ namespaces }));
});

test('readSnapshots() of several looks at one machine takes the latest that could enter the namespace', async () => {
  const early = saved('early', {
    takenAt: '2026-11-22T01:00:00.000Z',
    namespaces: [namespace('ns1', 1), namespace('ns2', 2), namespace('gone', 3)],
    notes: ['early'],
  });
  const late = saved('late', {
    takenAt: '2026-11-22T02:00:00.000Z',
    namespaces: [{ ...namespace('ns1', 1), aliases: ['late'] }, namespace('ns2', 2, 'no permission')],
    notes: ['late'],
  });
  for (const paths of [
    [early, late],
    [late, early],
  ]) {
    const { takenAt, namespaces, notes } = await readSnapshots(paths);
    expect(takenAt).toBe('2026-11-22T02:00:00.000Z');
    expect(namespaces.map(({ name, aliases, obstacle }) => [name, aliases, obstacle])).toEqual([
      ['ns1', ['late'], null],
      ['ns2', [], null],
      ['gone', [], null],
    ]);
    expect(notes).toEqual(['late', 'early']);
  }
});

test.each([
  ['kernels', { kernel: '5.15.0' }, /one is of Linux/],
  ['namespaces of one name', { namespaces: [namespace('ns1', 7)] }, /ns1 is another namespace in each/],
])('readSnapshots() refuses files of two machines, told by their %s', async (_, over, why) => {
  const a = saved('a', { namespaces: [namespace('ns1', 1)] });
  await expect(readSnapshots([a, saved('b', over)])).rejects.toThrow(why);
});

test.each([
  ['an empty file', () => save('empty', ''), /it is empty/],
  ['somebody else’s JSON', () => save('json', '{"a": 1}'), /not a snapshot of nsdiag/],
  ['a cut file', () => save('cut', writeRecording(recording({})).slice(0, 60)), /it is cut off after 60 bytes/],
  ['a folder', () => folder, /it is a folder/],
  ['a file that is not there', () => join(folder, 'none'), /there is no such file/],
  ['a device that never ends', () => '/dev/zero', /more than 256 MiB/],
])('readSnapshots() refuses %s, and says how to take a snapshot', async (_, pathOf, why) => {
  await expect(readSnapshots([pathOf()])).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringMatching(why),
    hint: expect.stringContaining('nsdiag snapshot -o FILE'),
  });
});

// Read to its end, it would take longer than a test may.
test('readSnapshots() refuses a huge file without reading it all', async () => {
  const path = save('huge', '');
  truncateSync(path, 100 * 1024 ** 3);
  await expect(readSnapshots([path])).rejects.toThrow(/more than 256 MiB/);
});
