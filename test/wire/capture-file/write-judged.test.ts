/**
 * What is written here is held to Wireshark's and libpcap's own reading of it, with names and comments as an attacker gives them.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isInstalled } from '../../../src/system/installed.ts';
import {
  MOST_SNAPSHOT_BYTES,
  SnapshotFinder,
  snapshotOptions,
} from '../../../src/wire/capture-file/embedded-snapshot.ts';
import { CaptureReader } from '../../../src/wire/capture-file/reader.ts';
import { type PacketToWrite, packetBlock } from '../../../src/wire/capture-file/write-packet.ts';
import { pcapHeader, pcapRecordBytes, writeRecord } from '../../../src/wire/capture-file/write-pcap.ts';
import { interfaceBlock, sectionBlock, statisticsBlock } from '../../../src/wire/capture-file/write-pcapng.ts';
import { hex, joined } from '../../helpers/hex.ts';

const ECHO = hex(`
  ff ff ff ff ff ff 02 00 00 00 00 01 08 00
  45 00 00 1c 00 01 00 00 40 01 00 00 0a 00 01 01 0a 00 02 01
  08 00 f7 fe 00 01 00 00
`);
const HOSTILE = '<img onerror=x> $(reboot) -x é 😀';
/** The largest that goes into a file, which noise is after compression as before. */
const SNAPSHOT = randomBytes(MOST_SNAPSHOT_BYTES);
const at = { seconds: 1_795_309_201, nanoseconds: 5 };
const PACKETS: readonly PacketToWrite[] = [
  packet(0, 123_456_789, { direction: 'out', comments: ['lost after ns1:veth0: no-route', HOSTILE] }),
  packet(1, 123_456_790, { direction: 'in', droppedBefore: 7, originalBytes: 9000 }),
  packet(1, 999_999_999, {}),
];

let folder = '';
let merged = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-judged-'));
  merged = join(folder, 'merged.pcapng');
  const blocks = [
    sectionBlock({
      application: 'nsdiag 1',
      system: 'Linux 6.18',
      hardware: 'x86_64',
      comments: ['two namespaces'],
      snapshot: snapshotOptions(SNAPSHOT) ?? [],
    }),
    interfaceBlock({
      name: 'ns1:veth0',
      description: 'to ns2:veth1',
      linkType: 1,
      snapLengthBytes: 256,
      filter: 'icmp',
    }),
    interfaceBlock({ name: `ns2:${HOSTILE}`, description: HOSTILE, linkType: 1, snapLengthBytes: 256 }),
    ...PACKETS.map(packetBlock),
    statisticsBlock({ interfaceId: 0, at, start: at, end: at, received: 10, droppedBySystem: 3 }),
    statisticsBlock({ interfaceId: 1, at, received: 10, droppedBySystem: 0 }),
  ];
  writeFileSync(merged, joined(...blocks));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('tshark reads the names, times, directions, drops and comments that were written', ({ skip }) => {
  skip(!isInstalled('tshark'), 'tshark, the judge of captures, is not installed');
  const fields = ['time_epoch', 'len', 'interface_name', 'interface_description'];
  const flags = ['packet_flags_direction', 'drop_count', 'comment'];
  expect(tshark(merged, [...fields, ...flags])).toEqual([
    '1795309200.123456789|42|ns1:veth0|to ns2:veth1|0x00000002||lost after ns1:veth0: no-route,<img onerror=x> $(reboot) -x é 😀',
    `1795309200.123456790|9000|ns2:${HOSTILE}|${HOSTILE}|0x00000001|7|`,
    `1795309200.999999999|42|ns2:${HOSTILE}|${HOSTILE}|0x00000000||`,
  ]);
});

test('capinfos counts what was written, and finds the times in order', ({ skip }) => {
  skip(!isInstalled('capinfos'), 'capinfos, the judge of captures, is not installed');
  const said = run(['capinfos', merged]).replace(/ +/g, ' ');
  for (const line of [
    'Number of packets: 3',
    'Strict time order: True',
    'Capture application: nsdiag 1',
    'Capture comment: two namespaces',
    'Number of interfaces in file: 2',
    'Filter string = icmp',
    'Number of stat entries = 1',
  ]) {
    expect(said).toContain(line);
  }
});

test('tcpdump reads the merged file and the classic one alike', ({ skip }) => {
  skip(!isInstalled('tcpdump'), 'tcpdump, the judge of captures, is not installed');
  const classic = join(folder, 'ns1.pcap');
  const records = PACKETS.map(({ seconds, nanoseconds, bytes, originalBytes }) => {
    const room = new Uint8Array(pcapRecordBytes(bytes.length));
    writeRecord(
      { bytes: room, view: new DataView(room.buffer) },
      0,
      seconds,
      nanoseconds,
      bytes,
      0,
      bytes.length,
      originalBytes,
    );
    return room;
  });
  writeFileSync(classic, joined(pcapHeader(1, 256), ...records));
  const [ofMerged, ofClassic] = [merged, classic].map((file) =>
    run(['tcpdump', '-n', '-tt', '--time-stamp-precision', 'nano', '-r', file]),
  );
  expect(ofMerged).toContain('1795309200.999999999 IP 10.0.1.1 > 10.0.2.1: ICMP echo request, id 1');
  expect(ofMerged?.trim().split('\n')).toHaveLength(3);
  expect(ofMerged).toBe(ofClassic);
});

// Saved from Wireshark, cut, filtered, merged: it goes on telling the topology.
test.for([
  ['tshark', (to: string) => ['tshark', '-r', merged, '-Y', 'frame.number == 2', '-w', to]],
  ['editcap', (to: string) => ['editcap', '-r', merged, to, '1']],
  ['mergecap', (to: string) => ['mergecap', '-w', to, merged]],
] as const)('the snapshot travels on where %s makes a new file of it', ([program, argvTo], { skip }) => {
  skip(!isInstalled(program), `${program}, the judge of captures, is not installed`);
  const copy = join(folder, `${program}.pcapng`);
  run(argvTo(copy));
  const finder = new SnapshotFinder();
  const reader = new CaptureReader({ packet: () => undefined, sectionOption: finder.take });
  feed(reader, readFileSync(copy));
  expect(reader.finish().packets).toBeGreaterThan(0);
  expect(finder.found.map((found) => Buffer.compare(found, SNAPSHOT))).toEqual([0]);
});

function feed(reader: CaptureReader, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const space = reader.space();
    const part = bytes.subarray(at, at + space.length);
    space.set(part);
    reader.advance(part.length);
    at += part.length;
  }
}

function packet(interfaceId: number, nanoseconds: number, more: Partial<PacketToWrite>): PacketToWrite {
  return { interfaceId, seconds: 1_795_309_200, nanoseconds, bytes: ECHO, originalBytes: ECHO.length, ...more };
}

function tshark(file: string, fields: readonly string[]): readonly string[] {
  const asked = fields.flatMap((field) => ['-e', `frame.${field}`]);
  return run(['tshark', '-r', file, '-T', 'fields', '-E', 'separator=|', ...asked])
    .trimEnd()
    .split('\n');
}

/** What it says of itself, whatever the file. */
const NO_COMPLAINT = /^(Running as user .*|reading from file .*|)$/;

/** What it printed; that it had nothing to complain of is part of every test. */
function run([program = '', ...args]: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  expect(stderr.split('\n').filter((line) => !NO_COMPLAINT.test(line))).toEqual([]);
  expect(status).toBe(0);
  return stdout;
}
