import { expect, test } from 'vitest';
import {
  MOST_SNAPSHOT_BYTES,
  SnapshotFinder,
  snapshotOptions,
} from '../../../src/wire/capture-file/embedded-snapshot.ts';
import { CaptureReader } from '../../../src/wire/capture-file/reader.ts';
import { block, type OptionToWrite } from '../../../src/wire/capture-file/write-block.ts';
import { sectionBlock } from '../../../src/wire/capture-file/write-pcapng.ts';
import { joined } from '../../helpers/hex.ts';
import { BIG, section } from './build.ts';

function snapshotsIn(file: Uint8Array): readonly Uint8Array[] {
  const finder = new SnapshotFinder();
  const reader = new CaptureReader({ packet: () => undefined, sectionOption: finder.take });
  for (let at = 0; at < file.length; ) {
    const space = reader.space();
    const part = file.subarray(at, at + space.length);
    space.set(part);
    reader.advance(part.length);
    at += part.length;
  }
  expect(reader.finish().problem).toBeUndefined();
  return finder.found;
}

function sectionWith(...options: readonly OptionToWrite[]): Uint8Array {
  return sectionBlock({ application: 'nsdiag', snapshot: options });
}

// 65,515 bytes fit into one option.
test.each([0, 1, 65_515, 65_516, 131_030, 200_000])(
  'SnapshotFinder finds the %d bytes that snapshotOptions() wrote',
  (lengthBytes) => {
    const bytes = Uint8Array.from({ length: lengthBytes }, (_, index) => index ^ (index >> 8));
    const [found, ...others] = snapshotsIn(sectionWith(...(snapshotOptions(bytes) ?? [])));
    expect(others).toEqual([]);
    expect(found !== undefined && Buffer.compare(found, bytes)).toBe(0);
  },
);

test('SnapshotFinder finds one for each section, in the order of the file', () => {
  const file = joined(
    ...[1, 2].map((byte) => sectionWith(...(snapshotOptions(Uint8Array.of(byte)) ?? []))),
    section(BIG),
  );
  expect(snapshotsIn(file)).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
});

test('SnapshotFinder answers nothing where a part is missing, or the option is of somebody else', () => {
  const parts = snapshotOptions(new Uint8Array(200_000)) ?? [];
  expect(parts.length).toBe(4);
  for (const without of parts)
    expect(snapshotsIn(sectionWith(...parts.filter((each) => each !== without)))).toEqual([]);
  const [code] = parts[0] ?? [0];
  for (const foreign of [Uint8Array.of(1), Uint8Array.of(0xd9, 0x7e, 0, 0), new Uint8Array(40).fill(0x6e)]) {
    expect(snapshotsIn(sectionWith([code, foreign]))).toEqual([]);
  }
  expect(snapshotsIn(joined(sectionWith(), block(0x0000_0bad, Uint8Array.of(1, 2, 3, 4))))).toEqual([]);
});

test('snapshotOptions() refuses more than fits', () => {
  expect(snapshotOptions(new Uint8Array(MOST_SNAPSHOT_BYTES + 1))).toBeUndefined();
});
