import { expect, test } from 'vitest';
import { Volume } from '../../src/postmortem/volume.ts';
import { PacketFields } from '../../src/wire/fields.ts';

function volumeOf(...times: readonly number[]): Volume {
  const volume = new Volume();
  const fields = new PacketFields();
  for (const time of times) {
    fields.seconds = 1000 + Math.floor(time);
    fields.nanoseconds = Math.round((time % 1) * 1e9);
    volume.see(fields);
  }
  return volume;
}

test('Volume widens its slots until the last packet fits, and loses none', () => {
  const volume = volumeOf(0, 0.0015, 1, 59, 100_000);
  const counted = volume.packets.reduce((sum, packets) => sum + packets, 0);

  expect(counted).toBe(5);
  expect(volume.packets[0]).toBe(4);
  expect(volume.slotSeconds * volume.packets.length).toBeGreaterThan(100_000);
  expect((volume.slotSeconds / 2) * volume.packets.length).toBeLessThanOrEqual(100_000);
});

test('Volume counts what a clock that was set back stamps before the first packet as its', () => {
  expect(volumeOf(5, 1, 5.01).packets[0]).toBe(2);
});
