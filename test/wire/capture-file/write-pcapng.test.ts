import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMac } from '../../../src/net/mac.ts';
import {
  type PacketToWrite,
  packetBlock,
  packetBlockBytes,
  writePacket,
} from '../../../src/wire/capture-file/write-packet.ts';
import { interfaceBlock, sectionBlock, statisticsBlock } from '../../../src/wire/capture-file/write-pcapng.ts';
import { joined } from '../../helpers/hex.ts';
import { readAll } from './read-all.ts';

const SECTION = sectionBlock({ application: 'nsdiag', system: 'Linux 6.18', hardware: 'x86_64' });
const PLAIN_INTERFACE = interfaceBlock({ name: 'a:b', linkType: 1, snapLengthBytes: 0 });

/** Names as people and attackers give them; a lone surrogate is no character, and is written as U+FFFD. */
const anyText = fc.string({ unit: 'grapheme', maxLength: 40 });
const anyPacket = fc.record<PacketToWrite>({
  interfaceId: fc.integer({ min: 0, max: 2 }),
  seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
  nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  bytes: fc.uint8Array({ maxLength: 300 }),
  originalBytes: fc.integer({ min: 0, max: 0xffff_ffff }),
  direction: fc.constantFrom('in', 'out', undefined),
  droppedBefore: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined }),
  comments: fc.array(anyText, { maxLength: 3 }),
});

test('packetBlock() writes packets that the reader reads back as they were', () => {
  fc.assert(
    fc.property(fc.array(anyPacket, { maxLength: 8 }), (packets) => {
      const file = joined(SECTION, PLAIN_INTERFACE, PLAIN_INTERFACE, PLAIN_INTERFACE, ...packets.map(packetBlock));
      const read = readAll(file);
      expect(read.summary).toEqual({
        format: 'pcapng',
        packets: packets.length,
        bytes: file.length,
        problem: undefined,
      });
      expect(read.packets).toEqual(
        packets.map(({ direction, droppedBefore, comments, ...packet }) => ({
          ...packet,
          options: { direction, droppedBefore, comments },
        })),
      );
    }),
  );
});

test('writePacket() writes what packetBlock() does, into a buffer that has been used before', () => {
  fc.assert(
    fc.property(anyPacket, fc.nat({ max: 16 }), (any, start) => {
      const { interfaceId, seconds, nanoseconds, bytes, originalBytes, direction } = any;
      const source = joined(new Uint8Array(start).fill(0xee), bytes, Uint8Array.of(0xee));
      const used = new Uint8Array(packetBlockBytes(bytes.length) + 24).fill(0xee);
      const buffer = { bytes: used, view: new DataView(used.buffer) };
      const end = writePacket(
        buffer,
        12,
        interfaceId,
        seconds,
        nanoseconds,
        { bytes: source, view: new DataView(source.buffer, source.byteOffset, source.byteLength) },
        start,
        bytes.length,
        originalBytes,
        direction,
      );
      const expected = packetBlock({ ...any, comments: [], droppedBefore: undefined });
      expect(used.subarray(12, end)).toEqual(expected);
      expect(
        used.subarray(0, 12).every((byte) => byte === 0xee) && used.subarray(end).every((byte) => byte === 0xee),
      ).toBe(true);
    }),
  );
});

test('interfaceBlock() and statisticsBlock() say what the reader reads', () => {
  const count = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.record({ name: anyText, description: anyText, filter: fc.string({ minLength: 1 }) }),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.record({ received: count, dropped: count, droppedBySystem: count, delivered: count }),
      (texts, snapLengthBytes, counts) => {
        const mac = parseMac('02:00:00:00:00:01');
        const described = interfaceBlock({
          ...texts,
          linkType: 276,
          snapLengthBytes,
          ...(mac === undefined ? {} : { mac }),
        });
        const at = { seconds: 1_795_309_200, nanoseconds: 1 };
        const file = joined(SECTION, described, statisticsBlock({ interfaceId: 0, at, start: at, end: at, ...counts }));
        const { interfaces, summary } = readAll(file);
        expect(summary.problem).toBeUndefined();
        expect(interfaces).toMatchObject([{ ...texts, linkType: 276, snapLengthBytes, statistics: counts }]);
        expect(interfaces[0]?.resolution).toEqual({ base: 10, exponent: 9 });
      },
    ),
  );
});

test('a comment longer than an option holds is cut between two characters', () => {
  const comment = `${'a'.repeat(65_534)}é`;
  const packet = packetBlock({
    interfaceId: 0,
    seconds: 0,
    nanoseconds: 0,
    bytes: new Uint8Array(0),
    originalBytes: 0,
    comments: [comment],
  });
  expect(readAll(joined(SECTION, PLAIN_INTERFACE, packet)).packets[0]?.options.comments).toEqual(['a'.repeat(65_534)]);
});

test('a file cut between any two of its blocks is a valid one', () => {
  const packet = packetBlock({ interfaceId: 0, seconds: 1, nanoseconds: 2, bytes: Uint8Array.of(1), originalBytes: 1 });
  const blocks = [
    SECTION,
    PLAIN_INTERFACE,
    packet,
    packet,
    statisticsBlock({ interfaceId: 0, at: { seconds: 1, nanoseconds: 2 } }),
  ];
  for (let count = 1; count <= blocks.length; count++) {
    expect(readAll(joined(...blocks.slice(0, count))).summary.problem).toBeUndefined();
  }
});
