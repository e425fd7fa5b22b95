import { expect, test } from 'vitest';
import { hex, joined } from '../../helpers/hex.ts';
import { BIG, LITTLE, type Order, pcapHeader, pcapRecord } from './build.ts';
import { readAll } from './read-all.ts';

const PACKET = hex('01 02 03 04 05');

const VARIANTS: readonly (readonly [name: string, fields: Order, magic: number, nanoseconds: number])[] = [
  ['microseconds, little end first', LITTLE, 0xa1b2c3d4, 2000],
  ['microseconds, big end first', BIG, 0xa1b2c3d4, 2000],
  ['nanoseconds, little end first', LITTLE, 0xa1b23c4d, 2],
  ['nanoseconds, big end first', BIG, 0xa1b23c4d, 2],
];

test.each(VARIANTS)('CaptureReader reads a classic capture: %s', (_, fields, magic, nanoseconds) => {
  const file = joined(pcapHeader(fields, magic, [2, 4], 276), pcapRecord(fields, PACKET, { original: 1500 }));
  const { summary, packets, interfaces } = readAll(file);
  expect(summary).toEqual({ format: 'pcap', packets: 1, bytes: file.length, problem: undefined });
  expect(packets).toMatchObject([{ bytes: PACKET, originalBytes: 1500, seconds: 1, nanoseconds, interfaceId: 0 }]);
  expect(interfaces).toMatchObject([{ linkType: 276, snapLengthBytes: 262_144, statistics: undefined }]);
});

test.each([
  ['little', LITTLE],
  ['big', BIG],
])("CaptureReader passes over the eight bytes more that Kuznetzov's records have: %s end first", (_, fields) => {
  const record = pcapRecord(fields, PACKET, { between: new Uint8Array(8).fill(0xff) });
  const { packets, summary } = readAll(joined(pcapHeader(fields, 0xa1b2cd34), record, record));
  expect(packets.map(({ bytes }) => bytes)).toEqual([PACKET, PACKET]);
  expect(summary.problem).toBeUndefined();
});

test.each([
  ['2.3, swapped', [2, 3], { captured: 1500, original: PACKET.length }],
  ['2.3, not swapped', [2, 3], { captured: PACKET.length, original: 1500 }],
  ['2.2', [2, 2], { captured: 1500, original: PACKET.length }],
  ["AIX's 543.0", [543, 0], { captured: 1500, original: PACKET.length }],
])('CaptureReader tells the lengths of version %s apart', (_, version, lengths) => {
  const file = joined(pcapHeader(BIG, 0xa1b2c3d4, version), pcapRecord(BIG, PACKET, lengths));
  expect(readAll(file).packets).toMatchObject([{ bytes: PACKET, originalBytes: 1500 }]);
});

test('CaptureReader carries a fraction of a second that is none over to the seconds', () => {
  const file = joined(pcapHeader(LITTLE), pcapRecord(LITTLE, PACKET, { seconds: 1, fraction: 3_000_001 }));
  expect(readAll(file).packets).toMatchObject([{ seconds: 4, nanoseconds: 1000 }]);
});

test('CaptureReader leaves the flags above a link type away', () => {
  const file = pcapHeader(LITTLE, 0xa1b2c3d4, [2, 4], 0x2400_0001);
  expect(readAll(file).interfaces).toMatchObject([{ linkType: 1 }]);
});

test('CaptureReader says which version it does not know', () => {
  const file = joined(pcapHeader(LITTLE, 0xa1b2c3d4, [3, 0]), pcapRecord(LITTLE, PACKET));
  expect(readAll(file).summary).toMatchObject({
    packets: 0,
    problem: { message: 'version 3.0 of the format is not known', record: 1, offset: 0 },
  });
});

test('CaptureReader says where a length lies, and tells all packets before it', () => {
  const good = pcapRecord(LITTLE, PACKET);
  const file = joined(pcapHeader(LITTLE), good, good, pcapRecord(LITTLE, PACKET, { captured: 0x7fff_ffff }), good);
  expect(readAll(file).summary).toMatchObject({
    packets: 2,
    problem: {
      message: 'a packet claims 2147483647 captured bytes, more than the 262144 that there can be',
      record: 3,
      offset: 24 + 2 * good.length,
    },
  });
});
