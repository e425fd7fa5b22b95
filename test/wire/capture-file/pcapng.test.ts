import { expect, test } from 'vitest';
import { droppedBy } from '../../../src/wire/capture-file/interface.ts';
import { hex, joined } from '../../helpers/hex.ts';
import { BIG, BLOCK, block, interfaceBlock, LITTLE, options, packetBlock, section, text } from './build.ts';
import { readAll } from './read-all.ts';

const PACKET = hex('01 02 03 04 05');
const ORDERS = [
  ['little', LITTLE],
  ['big', BIG],
] as const;

test.each(ORDERS)('CaptureReader reads packets of every kind of block: %s end first', (_, fields) => {
  const { u16, u32 } = fields;
  const file = joined(
    section(fields),
    interfaceBlock(fields, { linkType: 113, snapLength: 96, options: options(fields, [2, text('eth0')]) }),
    packetBlock(fields, PACKET, { original: 1500 }),
    block(fields, BLOCK.simple, u32(PACKET.length), PACKET),
    block(fields, BLOCK.obsolete, u16(0, 7), u32(0, 1_000_002, PACKET.length, 1500), PACKET),
  );
  const { summary, packets, interfaces } = readAll(file);
  expect(summary).toEqual({ format: 'pcapng', packets: 3, bytes: file.length, problem: undefined });
  expect(interfaces).toMatchObject([{ linkType: 113, snapLengthBytes: 96, name: 'eth0', section: 0, index: 0 }]);
  expect(packets).toMatchObject([
    { bytes: PACKET, originalBytes: 1500, seconds: 1, nanoseconds: 2000 },
    { bytes: PACKET, originalBytes: PACKET.length, seconds: 0, nanoseconds: 0 },
    { bytes: PACKET, originalBytes: 1500, seconds: 1, nanoseconds: 2000 },
  ]);
});

test('CaptureReader cuts a simple packet at the snap length of its interface', () => {
  const file = joined(
    section(LITTLE),
    interfaceBlock(LITTLE, { snapLength: 3 }),
    block(LITTLE, BLOCK.simple, LITTLE.u32(1500), PACKET.subarray(0, 3)),
  );
  expect(readAll(file).packets).toMatchObject([{ bytes: PACKET.subarray(0, 3), originalBytes: 1500 }]);
});

test('CaptureReader keeps the sections apart: each has its own byte order and its own interfaces', () => {
  const each = ORDERS.map(([, fields]) =>
    joined(
      section(fields),
      interfaceBlock(fields),
      interfaceBlock(fields),
      packetBlock(fields, PACKET, { interfaceId: 1 }),
    ),
  );
  const { interfaces, packets } = readAll(joined(...each));
  expect(interfaces.map(({ section, index }) => `${section}.${index}`)).toEqual(['0.0', '0.1', '1.0', '1.1']);
  expect(packets.map(({ interfaceId }) => interfaceId)).toEqual([1, 3]);
});

const TIMES: readonly (readonly [name: string, resolution: number, ticks: bigint, seconds: number, nanos: number])[] = [
  ['whole seconds', 0, 1_795_309_200n, 1_795_309_200, 0],
  ['milliseconds', 3, 1_795_309_200_123n, 1_795_309_200, 123_000_000],
  ['nanoseconds', 9, 1_795_309_200_123_456_789n, 1_795_309_200, 123_456_789],
  ['picoseconds', 12, 5_123_456_789_999n, 5, 123_456_789],
  ['halves of a second', 0x81, 7n, 3, 500_000_000],
  ['2^-20 of a second', 0x94, (5n << 20n) + 1n, 5, 953],
  ['2^-32 of a second', 0xa0, (5n << 32n) + (1n << 31n), 5, 500_000_000],
  ['10^-127 of a second', 127, 2n ** 64n - 1n, 0, 0],
];

test.each(TIMES)('CaptureReader reads time stamps in %s', (_, resolution, ticks, seconds, nanoseconds) => {
  const file = joined(
    section(BIG),
    interfaceBlock(BIG, { options: options(BIG, [9, Uint8Array.of(resolution)]) }),
    packetBlock(BIG, PACKET, { ticks }),
  );
  expect(readAll(file).packets).toMatchObject([{ seconds, nanoseconds }]);
});

test('CaptureReader goes on right where the upper half of the time stamp changes', () => {
  const times = [2n ** 32n - 1n, 2n ** 32n, 2n ** 33n + 5n, 1n];
  const file = joined(
    section(LITTLE),
    interfaceBlock(LITTLE),
    ...times.map((ticks) => packetBlock(LITTLE, PACKET, { ticks })),
  );
  expect(readAll(file).packets.map(({ seconds, nanoseconds }) => [seconds, nanoseconds])).toEqual(
    times.map((ticks) => [Number(ticks / 1_000_000n), Number(ticks % 1_000_000n) * 1000]),
  );
});

test.each([
  [3600n, 3601],
  [-1n, 0],
])('CaptureReader adds the offset of the time stamps: %s s', (offset, seconds) => {
  const file = joined(
    section(BIG),
    interfaceBlock(BIG, { options: options(BIG, [14, BIG.u64(offset)]) }),
    packetBlock(BIG, PACKET),
  );
  expect(readAll(file).packets).toMatchObject([{ seconds, nanoseconds: 2000 }]);
});

test('CaptureReader tells the comments, the direction and the drops of a packet', () => {
  const file = joined(
    section(LITTLE),
    interfaceBlock(LITTLE),
    packetBlock(LITTLE, PACKET, {
      options: options(LITTLE, [1, text('a')], [1, text('bé')], [2, LITTLE.u32(2)], [4, LITTLE.u64(2n ** 40n)]),
    }),
    packetBlock(LITTLE, PACKET, { options: options(LITTLE, [2, LITTLE.u32(1)]) }),
    packetBlock(LITTLE, PACKET),
  );
  expect(readAll(file).packets.map((packet) => packet.options)).toEqual([
    { comments: ['a', 'bé'], direction: 'out', droppedBefore: 2n ** 40n },
    { comments: [], direction: 'in', droppedBefore: undefined },
    { comments: [], direction: undefined, droppedBefore: undefined },
  ]);
});

test('CaptureReader tells what an interface was, and what the capture counted about it', () => {
  const about = options(LITTLE, [2, text('eth0')], [3, text('uplink')], [11, joined(hex('00'), text('tcp port 80'))]);
  const counted = options(LITTLE, [4, LITTLE.u64(10n)], [5, LITTLE.u64(3n)], [7, LITTLE.u64(1n)], [8, LITTLE.u64(9n)]);
  const file = joined(
    section(LITTLE),
    interfaceBlock(LITTLE, { options: about }),
    interfaceBlock(LITTLE),
    block(LITTLE, BLOCK.statistics, LITTLE.u32(0, 0, 0), counted),
    block(LITTLE, BLOCK.statistics, LITTLE.u32(7, 0, 0), counted),
  );
  expect(readAll(file).interfaces).toMatchObject([
    {
      name: 'eth0',
      description: 'uplink',
      filter: 'tcp port 80',
      statistics: { received: 10n, dropped: 3n, droppedBySystem: 1n, delivered: 9n },
    },
    { name: undefined, statistics: undefined },
  ]);
});

test('CaptureReader tells names and custom blocks to who asks for them', () => {
  const records = options(
    BIG,
    [1, joined(hex('0a 00 00 01'), text('a\0b\0'))],
    [2, joined(hex('fd 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01'), text('c\0'))],
    [1, hex('0a 00')],
  );
  const file = joined(
    section(BIG),
    block(BIG, BLOCK.names, records),
    block(BIG, 0x0bad, BIG.u32(32_473), hex('01 02 03 04')),
    block(BIG, 0x4000_0bad, BIG.u32(7)),
  );
  const { names, custom, summary } = readAll(file);
  expect(names).toEqual(['10.0.0.1 a', '10.0.0.1 b', '253.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1 c']);
  expect(custom).toEqual(['32473: 1 2 3 4', '7: ']);
  expect(summary.problem).toBeUndefined();
});

test('CaptureReader skips blocks that it does not know, larger than any buffer, in no more memory than usual', () => {
  const huge = block(LITTLE, 0x0000_000a, new Uint8Array(3 * 1024 * 1024));
  const file = joined(section(LITTLE), interfaceBlock(LITTLE), huge, packetBlock(LITTLE, PACKET));
  const { summary, packets, bufferBytes } = readAll(file, [100_000]);
  expect(summary).toEqual({ format: 'pcapng', packets: 1, bytes: file.length, problem: undefined });
  expect(packets).toMatchObject([{ bytes: PACKET }]);
  expect(bufferBytes).toBeLessThanOrEqual(512 * 1024);
});

const HEAD = joined(section(LITTLE), interfaceBlock(LITTLE), packetBlock(LITTLE, PACKET));
const { u16, u32 } = LITTLE;

const BROKEN: readonly (readonly [message: string, tail: Uint8Array])[] = [
  ['a block claims a length of 8 bytes', u32(6, 8, 8)],
  ['a block claims a length of 33 bytes', joined(u32(6, 33), new Uint8Array(40))],
  [
    'a block claims 4294967280 bytes, more than the 16777216 that make sense',
    joined(u32(6, 0xffff_fff0), PACKET, PACKET),
  ],
  ["a block's two lengths differ: 16 and 20 bytes", u32(6, 16, 0, 20)],
  ['a packet is of interface 9, which the section does not have', packetBlock(LITTLE, PACKET, { interfaceId: 9 })],
  ['a packet block is too short', block(LITTLE, BLOCK.packet, u32(0, 0))],
  ['a packet claims 99 captured bytes, and its block has 8', block(LITTLE, BLOCK.packet, u32(0, 0, 0, 99, 99, 0, 0))],
  ['a section begins without the mark of its byte order', block(LITTLE, BLOCK.section, u32(1, 2, 3, 4))],
  ['version 2 of the format is not known', block(LITTLE, BLOCK.section, u32(0x1a2b3c4d), u16(2, 0), u32(0, 0))],
  ['an interface description is too short', block(LITTLE, BLOCK.interface, u32(1))],
];

test.each(BROKEN)('CaptureReader says what is wrong, and where, after all that was right: %s', (message, tail) => {
  const { summary } = readAll(joined(HEAD, tail, packetBlock(LITTLE, PACKET)));
  expect(summary).toMatchObject({ packets: 1, problem: { message, record: 2, offset: HEAD.length } });
});

test('CaptureReader says that a file ends within a block that it only skips', () => {
  const { summary } = readAll(joined(HEAD, u32(0x77, 0xffff_fff0), new Uint8Array(92)));
  expect(summary.problem).toEqual({
    message: 'the file ends 4294967180 bytes before its last block does',
    record: 2,
    offset: HEAD.length,
  });
});

test('CaptureReader keeps no list of interfaces that has no end', () => {
  const many = Buffer.concat([section(LITTLE), ...new Array<Uint8Array>(70_000).fill(interfaceBlock(LITTLE))]);
  const { summary, interfaces } = readAll(many);
  expect(summary.problem?.message).toBe('the file describes more than 65536 interfaces');
  expect(interfaces.length).toBe(65_536);
});

test.each(ORDERS)('CaptureReader adds up what packets say was lost before them: %s end first', (_, fields) => {
  const { u16, u32 } = fields;
  const lost = (count: number) => (fields === LITTLE ? u32(count, 0) : u32(0, count));
  const enhanced = (options: Uint8Array) =>
    block(fields, BLOCK.packet, u32(0, 0, 1_000_002, PACKET.length, PACKET.length), PACKET, hex('00 00 00'), options);
  const file = joined(
    section(fields),
    interfaceBlock(fields, { linkType: 1 }),
    enhanced(joined(u16(2, 4), u32(1), u16(4, 8), lost(7), u16(0, 0))),
    enhanced(joined(u16(4, 8), lost(5))),
    enhanced(joined(u16(0, 0), u16(4, 8), lost(100))),
    // A length that reaches beyond the block.
    enhanced(joined(u16(4, 800), lost(100))),
  );

  const { summary, interfaces } = readAll(file);
  expect(summary).toMatchObject({ packets: 4, problem: undefined });
  expect(interfaces[0]?.droppedBefore).toBe(12n);
  expect(interfaces.map(droppedBy)).toEqual([12n]);
});
