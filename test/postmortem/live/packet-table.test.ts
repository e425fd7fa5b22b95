import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FollowedPacket } from '../../../src/postmortem/live/followed-packet.ts';
import { PacketTable } from '../../../src/postmortem/live/packet-table.ts';
import { PacketKey } from '../../../src/postmortem/points/packet-key.ts';
import { PacketFields } from '../../../src/wire/fields.ts';

function packetOf(low: number, high: number): FollowedPacket {
  const key = new PacketKey(0);
  key.low = low;
  key.high = high;
  const packet = new FollowedPacket();
  packet.begin(new PacketFields(), key, false);
  return packet;
}

test('PacketTable finds what a Map of the same keys would, whatever comes, goes and takes the place of another', () => {
  // Few low bits, so that places are shared, and signed, as keys are.
  const key = fc.record({ low: fc.integer({ min: -8, max: 8 }), high: fc.integer({ min: -1, max: 1 }) });
  const turn = fc.record({ key, what: fc.constantFrom('add', 'remove', 'replace') });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 80 }), (turns) => {
      const table = new PacketTable();
      const expected = new Map<string, FollowedPacket>();
      for (const { key, what } of turns) {
        const { low, high } = key;
        const name = `${low} ${high}`;
        const known = expected.get(name);
        expect(table.find(low, high)).toBe(known);
        const packet = packetOf(low, high);
        if (known === undefined) table.add(packet);
        else table.replace(known, what === 'remove' ? undefined : packet);
        if (known !== undefined && what === 'remove') expected.delete(name);
        else expected.set(name, packet);
        for (const each of expected.values()) expect(table.find(each.keyLow, each.keyHigh) === each).toBe(true);
      }
    }),
  );
});

test('PacketTable holds more than it was made for, and none is lost when it grows', () => {
  const table = new PacketTable();
  const packets = Array.from({ length: 5_000 }, (_, at) => packetOf(Math.imul(at, 0x9e3779b1), at % 7));
  for (const packet of packets) table.add(packet);
  expect(packets.every((packet) => table.find(packet.keyLow, packet.keyHigh) === packet)).toBe(true);
  for (const packet of packets) table.replace(packet, undefined);
  expect(packets.some((packet) => table.find(packet.keyLow, packet.keyHigh) !== undefined)).toBe(false);
});
