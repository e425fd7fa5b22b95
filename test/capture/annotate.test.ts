import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { annotate } from '../../src/capture/annotate.ts';
import { PcapngFile } from '../../src/capture/pcapng-file.ts';
import { OPTION } from '../../src/wire/capture-file/pcapng-options.ts';
import type { OptionToWrite } from '../../src/wire/capture-file/write-block.ts';
import { readAll } from '../wire/capture-file/read-all.ts';

const NEVER = new AbortController().signal;
const PACKET = new Uint8Array(300);
/** Several pieces of what is read at once. */
const PACKETS = 40_000;

let folder = '';
let path = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-annotate-'));
  path = join(folder, 'all.pcapng');
  const file = await PcapngFile.open(path, { application: 'nsdiag' }, NEVER);
  for (const name of ['ns1:a', 'ns2:b']) file.describe({ name, linkType: 1, snapLengthBytes: 512 });
  for (let index = 0; index < PACKETS; index++) file.packet(index % 2, 1, index, PACKET, 0, index % 300, 300, 'in');
  const remarked = { interfaceId: 1, seconds: 2, nanoseconds: 0, bytes: PACKET, originalBytes: 300 };
  file.remark({ ...remarked, comments: ['said before'], droppedBefore: 3n });
  file.statistics({ interfaceId: 0, at: { seconds: 2, nanoseconds: 1 }, received: 5 });
  await file.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('annotate() adds comments to the packets that are meant, and changes nothing else', async () => {
  const before = readAll(readFileSync(path));
  const last = PACKETS / 2 + 1;
  const said = new Map([
    ['0.1', ['lost after ns1:a']],
    ['1.1', ['rewritten: 10.0.0.1 > 192.0.2.1', 'é 😀 second']],
    [`1.${last}`, ['lost']],
  ]);
  const answer = await annotate(
    path,
    (id, _high, _low, ordinal) => said.get(`${id}.${ordinal}`) ?? [],
    undefined,
    NEVER,
  );
  expect(answer).toEqual({ kind: 'done', packets: 3 });
  const after = readAll(readFileSync(path));
  expect(after.summary).toMatchObject({ packets: PACKETS + 1, problem: undefined });
  expect(after.interfaces).toEqual(before.interfaces);
  const differing = after.packets.flatMap((packet, index) => {
    const old = before.packets[index];
    const same =
      old !== undefined && Buffer.compare(old.bytes, packet.bytes) === 0 && old.nanoseconds === packet.nanoseconds;
    const { comments, direction } = packet.options;
    return same && comments.length === 0 && direction === 'in' ? [] : [{ index, same, ...packet.options }];
  });
  const none = { droppedBefore: undefined, direction: 'in', same: true };
  expect(differing).toEqual([
    { ...none, index: 0, comments: ['lost after ns1:a'] },
    { ...none, index: 1, comments: ['rewritten: 10.0.0.1 > 192.0.2.1', 'é 😀 second'] },
    { index: PACKETS, same: true, direction: undefined, droppedBefore: 3n, comments: ['lost', 'said before'] },
  ]);
  expect(readdirSync(folder)).toEqual(['all.pcapng']);
});

test('annotate() copies byte for byte where there is nothing to say, and what is cut off at the end', async () => {
  const cut = readFileSync(path).subarray(0, -7);
  writeFileSync(path, cut);
  expect(await annotate(path, () => [], undefined, NEVER)).toEqual({ kind: 'done', packets: 0 });
  expect(Buffer.compare(readFileSync(path), cut)).toBe(0);
});

test('annotate() puts what the file says of itself into the place of what it said before', async () => {
  const written = async (name: string, comments: readonly string[]) => {
    const described = join(folder, name);
    const snapshot: readonly OptionToWrite[] = [[OPTION.sectionHardware, new Uint8Array(40_000)]];
    const file = await PcapngFile.open(described, { application: 'nsdiag', comments, snapshot }, NEVER);
    file.packet(file.describe({ name: 'ns1:a', linkType: 1, snapLengthBytes: 512 }), 1, 0, PACKET, 0, 300, 300, 'in');
    await file.close();
    return described;
  };
  const expected = readFileSync(await written('expected', ['2 lost: é']));
  for (const before of [[], ['begun'], ['begun', 'and a second']]) {
    const file = await written('before', before);
    expect(await annotate(file, () => [], '2 lost: é', NEVER)).toEqual({ kind: 'done', packets: 0 });
    expect(Buffer.compare(readFileSync(file), expected)).toBe(0);
  }
});

test('annotate() leaves the file as it was when it is interrupted half-way', async () => {
  const before = readFileSync(path);
  const controller = new AbortController();
  const interrupted = annotate(
    path,
    (_id, _high, _low, ordinal) => {
      if (ordinal === PACKETS / 4) controller.abort(new Error('Ctrl-C'));
      return ['lost'];
    },
    undefined,
    controller.signal,
  );
  await expect(interrupted).rejects.toThrow('Ctrl-C');
  expect(Buffer.compare(readFileSync(path), before)).toBe(0);
  expect(readdirSync(folder)).toEqual(['all.pcapng']);
});

test('annotate() keeps a symbolic link, and answers why where it cannot', async () => {
  const link = join(folder, 'link.pcapng');
  symlinkSync(path, link);
  expect(
    await annotate(link, (_id, _high, _low, ordinal) => (ordinal === 1 ? ['lost'] : []), undefined, NEVER),
  ).toEqual({
    kind: 'done',
    packets: 2,
  });
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(realpathSync(link)).toBe(realpathSync(path));
  expect(await annotate('/dev/null', () => [], undefined, NEVER)).toEqual({
    kind: 'left',
    why: '/dev/null is no file that could be written again',
  });
  expect(await annotate(join(folder, 'none'), () => [], undefined, NEVER)).toMatchObject({ kind: 'left' });
});
