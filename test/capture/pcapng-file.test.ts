import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PcapFile } from '../../src/capture/pcap-file.ts';
import { PcapngFile } from '../../src/capture/pcapng-file.ts';
import { readAll } from '../wire/capture-file/read-all.ts';

const SECTION = { application: 'nsdiag' };
const PACKET = Uint8Array.from({ length: 200 }, (_, index) => index);
const NEVER = new AbortController().signal;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('PcapngFile holds all that it was told, in that order, more than its buffer holds', async () => {
  const path = join(folder, 'all.pcapng');
  const file = await PcapngFile.open(path, SECTION, NEVER);
  const ids = ['ns1:veth0', 'ns2:veth1'].map((name) => file.describe({ name, linkType: 1, snapLengthBytes: 256 }));
  const packets = 20_000; // 5 MB
  for (let index = 0; index < packets; index++) file.packet(index % 2, 7, index, PACKET, 0, index % 200, 1500, 'in');
  const late = file.describe({ name: 'ns3:late', linkType: 1, snapLengthBytes: 256 });
  file.remark({ interfaceId: late, seconds: 8, nanoseconds: 0, bytes: PACKET, originalBytes: 200, comments: ['lost'] });
  file.statistics({ interfaceId: 0, at: { seconds: 9, nanoseconds: 0 }, received: 3 });
  await file.close();

  const read = readAll(readFileSync(path));
  expect(ids).toEqual([0, 1]);
  expect(read.summary).toMatchObject({ packets: packets + 1, problem: undefined });
  expect(read.interfaces.map(({ name }) => name)).toEqual(['ns1:veth0', 'ns2:veth1', 'ns3:late']);
  expect(read.interfaces[0]?.statistics?.received).toBe(3n);
  const wrong = read.packets
    .slice(0, packets)
    .findIndex(
      ({ nanoseconds, bytes, interfaceId }, index) =>
        nanoseconds !== index || bytes.length !== index % 200 || interfaceId !== index % 2,
    );
  expect(wrong).toBe(-1);
  expect(read.packets.at(-1)).toMatchObject({ interfaceId: 2, options: { comments: ['lost'] } });
});

test('PcapngFile is a valid file before its first packet and after every flush', async () => {
  const path = join(folder, 'all.pcapng');
  const file = await PcapngFile.open(path, SECTION, NEVER);
  expect(readAll(readFileSync(path)).summary).toMatchObject({ format: 'pcapng', packets: 0, problem: undefined });
  file.describe({ name: 'a:b', linkType: 1, snapLengthBytes: 256 });
  file.packet(0, 1, 2, PACKET, 0, 60, 60, undefined);
  expect(readAll(readFileSync(path)).summary.packets).toBe(0);
  file.flush();
  expect(readAll(readFileSync(path)).summary).toMatchObject({ packets: 1, problem: undefined });
  await file.close();
});

test.each([
  ['/dev/full', 'Cannot write /dev/full: the disk is full'],
  ['/nowhere/x.pcapng', 'Cannot write /nowhere/x.pcapng: there is no such folder'],
  ['/', 'Cannot write /: it is a folder'],
])('PcapngFile.open() says at once that %s cannot be written', async (path, message) => {
  await expect(PcapngFile.open(path, SECTION, NEVER)).rejects.toMatchObject({ code: 'bad-file', message });
});

test('PcapngFile writes to a named pipe as fast as it is read, and waits for its reader', async () => {
  const path = join(folder, 'fifo');
  spawnSync('mkfifo', [path]);
  const opened = PcapngFile.open(path, SECTION, NEVER);
  const reader = spawn('wc', ['-c', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  reader.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  const file = await opened;
  file.describe({ name: 'a:b', linkType: 1, snapLengthBytes: 256 });
  let waits = 0;
  for (let index = 0; index < 20_000; index++) {
    file.packet(0, 1, index, PACKET, 0, 200, 200, 'out');
    const { drained } = file;
    if (drained === undefined) continue;
    waits++;
    await drained;
  }
  await file.close();
  await once(reader, 'close');
  expect(waits).toBeGreaterThan(0);
  // Each packet: 32 bytes of its block, itself, and 12 of its direction.
  expect(Number(said.split(' ')[0])).toBeGreaterThan(20_000 * 244);
});

test('PcapngFile says that the reader of its pipe has gone', async () => {
  const path = join(folder, 'fifo');
  spawnSync('mkfifo', [path]);
  const opened = PcapngFile.open(path, SECTION, NEVER);
  const reader = spawn('head', ['-c', '10', path], { stdio: 'ignore' });
  const file = await opened;
  await once(reader, 'close');
  file.describe({ name: 'a:b', linkType: 1, snapLengthBytes: 256 });
  file.flush();
  await expect(file.close()).rejects.toMatchObject({ message: `Cannot write ${path}: its reader has gone` });
});

test('PcapngFile.open() stops waiting for the reader of a pipe when it is interrupted', async () => {
  const path = join(folder, 'fifo');
  spawnSync('mkfifo', [path]);
  const controller = new AbortController();
  const opened = PcapngFile.open(path, SECTION, controller.signal);
  controller.abort(new Error('Ctrl-C'));
  await expect(opened).rejects.toThrow('Ctrl-C');
});

test('PcapFile holds what it was told', async () => {
  const path = join(folder, 'ns1.pcap');
  const file = await PcapFile.open(path, 1, 256, NEVER);
  for (let index = 0; index < 6_000; index++) file.packet(7, index, PACKET, index % 50, 150, 1500);
  await file.close();
  const read = readAll(readFileSync(path));
  expect(read.summary).toMatchObject({ format: 'pcap', packets: 6_000, problem: undefined });
  expect(read.packets.at(-1)).toMatchObject({
    seconds: 7,
    nanoseconds: 5_999,
    originalBytes: 1500,
    bytes: PACKET.slice(49, 199),
  });
});
