import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hex, joined } from '../../helpers/hex.ts';
import { NO_SHARED_CAPTURES, type SharedCapture, sharedCaptures } from '../../helpers/shared-captures.ts';
import {
  BIG,
  BLOCK,
  block,
  interfaceBlock,
  LITTLE,
  options,
  packetBlock,
  pcapHeader,
  pcapRecord,
  section,
  text,
} from './build.ts';
import { readAll } from './read-all.ts';

const PACKETS = ['01', '02 03', '04 05 06 07 08', ''].map(hex);

const CLASSIC = joined(pcapHeader(BIG), ...PACKETS.map((packet) => pcapRecord(BIG, packet)));

const PCAPNG = joined(
  ...[LITTLE, BIG].map((fields) =>
    joined(
      section(fields),
      interfaceBlock(fields, { options: options(fields, [2, text('veth0')], [9, Uint8Array.of(9)]) }),
      ...PACKETS.map((packet) => packetBlock(fields, packet, { options: options(fields, [1, text('seen')]) })),
      block(fields, 0x0000_0b0b, new Uint8Array(37)),
      block(fields, BLOCK.statistics, fields.u32(0, 0, 0), options(fields, [5, fields.u64(3n)])),
    ),
  ),
);

const FILES = [
  ['classic', CLASSIC],
  ['pcapng', PCAPNG],
] as const;

test.each(FILES)('CaptureReader tells the same, however a %s file comes in pieces', (_, file) => {
  const { bufferBytes: _whole, ...whole } = readAll(file);
  expect(whole.packets.length).toBeGreaterThanOrEqual(PACKETS.length);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }), (pieceBytes) => {
      const { bufferBytes: _pieces, ...inPieces } = readAll(file, pieceBytes);
      expect(inPieces).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

test.each(FILES)(
  'CaptureReader tells the packets before the cut, and where a %s file is cut, at every offset',
  (_, file) => {
    const { packets: all } = readAll(file);
    const complete = new Set<number>();
    for (let end = 0; end < file.length; end++) {
      const { packets, summary } = readAll(file.subarray(0, end), [7]);
      expect(packets).toEqual(all.slice(0, packets.length));
      expect(summary.bytes).toBe(end);
      if (summary.problem === undefined) {
        complete.add(packets.length);
        continue;
      }
      expect(summary.problem.record).toBe(packets.length + 1);
      expect(summary.problem.offset).toBeLessThanOrEqual(end);
      expect(summary.problem.message).toMatch(/^the file (is empty|ends )/);
      // What begins at the offset is what is not whole: without it, all is well.
      const { summary: before } = readAll(file.subarray(0, summary.problem.offset));
      if (summary.problem.offset > 0) expect(before).toMatchObject({ packets: packets.length, problem: undefined });
    }
    // Between two records a cut cannot be seen.
    expect(complete.size).toBeGreaterThanOrEqual(PACKETS.length);
  },
);

test.each([
  [
    'captured bytes of 0x7fffffff',
    pcapRecord(LITTLE, new Uint8Array(0), { captured: 0x7fff_ffff }),
    pcapHeader(LITTLE),
  ],
  [
    'a block of 0xfffffff0 bytes',
    joined(LITTLE.u32(6, 0xffff_fff0), new Uint8Array(24)),
    joined(section(LITTLE), interfaceBlock(LITTLE)),
  ],
  [
    'an unknown block of 0xfffffff0 bytes',
    joined(LITTLE.u32(99, 0xffff_fff0), new Uint8Array(24)),
    joined(section(LITTLE), interfaceBlock(LITTLE)),
  ],
])('CaptureReader spends no memory on %s', (_, lie, head) => {
  const { bufferBytes, summary } = readAll(Buffer.concat([head, lie, new Uint8Array(8 * 1024 * 1024)]), [65_536]);
  expect(summary.problem).toBeDefined();
  expect(summary.packets).toBe(0);
  expect(bufferBytes).toBe(128 * 1024);
});

test('CaptureReader grows its buffer with what has come, not with what is announced', () => {
  const announced = joined(section(LITTLE), interfaceBlock(LITTLE), LITTLE.u32(6, 16 * 1024 * 1024));
  expect(readAll(Buffer.concat([announced, new Uint8Array(100_000)])).bufferBytes).toBe(128 * 1024);
  const whole = packetBlock(LITTLE, new Uint8Array(3_000_000));
  const { bufferBytes, packets } = readAll(Buffer.concat([section(LITTLE), interfaceBlock(LITTLE), whole]));
  expect(packets[0]?.bytes.length).toBe(3_000_000);
  expect(bufferBytes).toBe(4 * 1024 * 1024);
});

test.each([
  ['', 'the file is empty'],
  ['d4 c3', 'the file ends within its header, after 2 bytes'],
  ['d4 c3 b2 a1 00', 'the file ends within its header, after 5 bytes'],
  ['73 6e 6f 6f 70 00 00 00', 'it is a snoop capture: convert it with editcap'],
  ['fd 37 7a 58 5a 00', 'it is compressed with xz: decompress it first'],
  ['68 65 6c 6c 6f 0a', 'it is text: a capture is what tcpdump -w writes'],
  ['00 01 02 03 04', 'it is no capture: it begins with 00 01 02 03'],
])('CaptureReader says what [%s] is instead of a capture', (bytes, message) => {
  expect(readAll(hex(bytes)).summary).toMatchObject({ packets: 0, problem: { message, record: 1, offset: 0 } });
});

/** Where capinfos and tcpdump read a file otherwise than each other, or not at all; and what is right to say of it. */
const NOT_ALIKE: readonly (readonly [of: RegExp, because: string, packets: (file: SharedCapture) => number])[] = [
  [/^tcpdump\/(juniper_es_oobr|vtp_asan-2|juniper_monitor_invalid)/, 'a link type that neither knows', () => 1],
  [/^tcpdump\/e?dsa-high-vid/, 'a link type that neither knows', () => 4],
  [/^tcpdump\/dsa\.pcap/, 'a link type that neither knows', () => 8],
  [/^libpcap\/shb-option-too-long/, 'a broken first block', () => 0],
  [/^libpcap\/pcap-invalid-version-2/, 'version 2.5, which tcpdump refuses', counted],
  [/^pcapng-test-generator\//, 'interfaces that differ, or none, which tcpdump refuses', counted],
  [/^zeek\/ldap__/, 'interfaces that differ, which tcpdump refuses', counted],
  [/\.gz$/, 'gzip, which tcpdump does not read', counted],
];

function counted({ capinfos }: SharedCapture): number {
  return Number(capinfos);
}

test('CaptureReader counts as many packets as capinfos and tcpdump do in every file that both read', ({ skip }) => {
  const files = sharedCaptures() ?? skip(NO_SHARED_CAPTURES);
  let agreed = 0;
  for (const file of files) {
    const bytes = readFileSync(file.path);
    const { packets, problem } = readAll(file.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).summary;
    const isClean = /^\d+$/.test(file.capinfos) && file.capinfos === file.tcpdump;
    const wanted = isClean ? counted(file) : NOT_ALIKE.find(([of]) => of.test(file.name))?.[2](file);
    expect({ name: file.name, packets }).toEqual({ name: file.name, packets: wanted });
    if (isClean) expect({ name: file.name, problem }).toEqual({ name: file.name, problem: undefined });
    agreed += isClean ? 1 : 0;
  }
  expect(agreed).toBeGreaterThan(800);
});
