/**
 * A full disk while a capture is written: what is there is valid and ends with a whole packet.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { PcapFile } from '../../src/capture/pcap-file.ts';
import { PcapngFile } from '../../src/capture/pcapng-file.ts';
import { inWorld, liveTest } from '../helpers/world.ts';
import { readAll } from '../wire/capture-file/read-all.ts';

const DISK_BYTES = 64 * 1024;
const PACKET = new Uint8Array(150);
const NEVER = new AbortController().signal;
/** None of these divides the disk, so that the last write ends within a packet. */
const LENGTHS = [61, 98, 150];

liveTest('a capture on a full disk keeps every packet that fits, whole, in both formats', async () => {
  await inWorld(async (world) => {
    await world.sh(`mount -t tmpfs -o size=${DISK_BYTES} none /mnt`);
    const path = `${world.root}/mnt/all.pcapng`;
    const pcapng = await PcapngFile.open(path, { application: 'nsdiag' }, NEVER);
    pcapng.describe({ name: 'a:b', linkType: 1, snapLengthBytes: 256 });
    for (let index = 0; index < 1_000; index++)
      pcapng.packet(0, 1, index, PACKET, 0, LENGTHS[index % 3] ?? 0, 150, 'in');
    expect(() => pcapng.flush()).toThrow('the disk is full');
    expect(() =>
      pcapng.remark({ interfaceId: 0, seconds: 1, nanoseconds: 0, bytes: PACKET, originalBytes: 150 }),
    ).not.toThrow();
    await expect(pcapng.close()).rejects.toThrow('the disk is full');
    expectAllThatFits(path);

    await world.sh('rm /mnt/all.pcapng');
    const classic = `${world.root}/mnt/ns1.pcap`;
    const pcap = await PcapFile.open(classic, 1, 256, NEVER);
    for (let index = 0; index < 1_000; index++) pcap.packet(1, index, PACKET, 0, LENGTHS[index % 3] ?? 0, 150);
    await expect(pcap.close()).rejects.toMatchObject({
      code: 'bad-file',
      message: `Cannot write ${classic}: the disk is full`,
    });
    expectAllThatFits(classic);
  });
});

function expectAllThatFits(path: string): void {
  const bytes = readFileSync(path);
  const { summary, packets } = readAll(bytes);
  expect(summary.problem).toBeUndefined();
  expect(packets.map(({ nanoseconds }) => nanoseconds)).toEqual(Array.from(packets, (_, index) => index));
  expect(DISK_BYTES - bytes.length).toBeLessThan(256);
}
