import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pcapHeader, pcapRecordBytes, writeRecord } from '../../../src/wire/capture-file/write-pcap.ts';
import { joined } from '../../helpers/hex.ts';
import { readAll } from './read-all.ts';

test('writeRecord() writes packets that the reader reads back, to the nanosecond', () => {
  const anyPacket = fc.record({
    seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
    nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
    originalBytes: fc.integer({ min: 0, max: 0xffff_ffff }),
  });
  fc.assert(
    fc.property(fc.array(anyPacket, { maxLength: 5 }), (packets) => {
      const records = packets.map(({ seconds, nanoseconds, bytes, originalBytes }) => {
        const room = new Uint8Array(pcapRecordBytes(bytes.length));
        const buffer = { bytes: room, view: new DataView(room.buffer) };
        const source = joined(Uint8Array.of(0xee), bytes);
        expect(writeRecord(buffer, 0, seconds, nanoseconds, source, 1, bytes.length, originalBytes)).toBe(room.length);
        return room;
      });
      const { summary, packets: read, interfaces } = readAll(joined(pcapHeader(276, 256), ...records));
      expect(summary).toMatchObject({ format: 'pcap', packets: packets.length, problem: undefined });
      expect(read).toMatchObject(packets);
      expect(interfaces).toMatchObject([
        { linkType: 276, snapLengthBytes: 256, resolution: { base: 10, exponent: 9 } },
      ]);
    }),
  );
});

test('pcapHeader() writes no limit as the most that libpcap takes', () => {
  expect(readAll(pcapHeader(1, 0)).interfaces[0]?.snapLengthBytes).toBe(262_144);
});
