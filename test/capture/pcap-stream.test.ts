import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test, vi } from 'vitest';
import type { Frame } from '../../src/capture/frame.ts';
import { readPcapStream } from '../../src/capture/pcap-stream.ts';
import { hex, joined } from '../helpers/hex.ts';

const NANO = hex('4d 3c b2 a1  02 00 04 00  00 00 00 00 00 00 00 00  00 01 00 00  14 01 00 00');
const MICRO = joined(hex('d4 c3 b2 a1'), NANO.subarray(4));
const NANO_BIG_ENDIAN = hex('a1 b2 3c 4d  00 02 00 04  00 00 00 00 00 00 00 00  00 00 01 00  00 00 01 14');

/** At 2.000000005 (or 2.000005) seconds, 3 of 60 bytes. */
const PACKET = hex('02 00 00 00  05 00 00 00  03 00 00 00  3c 00 00 00  aa bb cc');
const PACKET_BIG_ENDIAN = hex('00 00 00 02  00 00 00 05  00 00 00 03  00 00 00 3c  aa bb cc');

async function read(
  ...chunks: readonly Uint8Array[]
): Promise<{ frames: readonly Frame[]; problem: string | undefined }> {
  const frames: Frame[] = [];
  const stream = new PassThrough();
  const reading = readPcapStream(stream, (frame) => frames.push(frame));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  return { frames, problem: (await reading).problem };
}

const FRAME = { timestampNs: 2_000_000_005n, lengthBytes: 60, bytes: Buffer.from('aabbcc', 'hex') };

test.each([
  ['nanoseconds', joined(NANO, PACKET, PACKET), FRAME],
  ['microseconds', joined(MICRO, PACKET, PACKET), { ...FRAME, timestampNs: 2_000_005_000n }],
  [
    'nanoseconds of a machine of the other byte order',
    joined(NANO_BIG_ENDIAN, PACKET_BIG_ENDIAN, PACKET_BIG_ENDIAN),
    FRAME,
  ],
])('readPcapStream() reads %s', async (_, bytes, frame) => {
  expect(await read(bytes)).toEqual({ frames: [frame, frame], problem: undefined });
});

test('readPcapStream() reads the same wherever the stream is cut', async () => {
  const bytes = joined(NANO, PACKET, PACKET);
  for (let at = 0; at <= bytes.length; at++) {
    const { frames } = await read(bytes.subarray(0, at), bytes.subarray(at));
    expect(frames).toEqual([FRAME, FRAME]);
  }
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  expect((await read(...single)).frames).toEqual([FRAME, FRAME]);
});

test('readPcapStream() hands on what is whole when the stream ends early', async () => {
  const bytes = joined(NANO, PACKET, PACKET);
  for (let end = 0; end < bytes.length; end++) {
    const { frames, problem } = await read(bytes.subarray(0, end));
    expect(frames).toHaveLength(end < NANO.length + PACKET.length ? 0 : 1);
    expect(problem).toBeUndefined();
  }
});

test('readPcapStream() says what is wrong with a stream that is no pcap', async () => {
  const { frames, problem } = await read(hex('0a 0d 0d 0a 1c 00 00 00 4d 3c 2b 1a'), new Uint8Array(100));
  expect(frames).toEqual([]);
  expect(problem).toMatch(/unknown magic number/);
});

test('readPcapStream() says that pcap-parser cannot be loaded, and does not hold up the writer', async () => {
  vi.resetModules();
  vi.doMock('pcap-parser', () => {
    throw new Error('EACCES');
  });
  try {
    const { readPcapStream: readWithout } = await import('../../src/capture/pcap-stream.ts');
    const stream = new PassThrough();
    const { problem } = await readWithout(stream, () => expect.unreachable());
    expect(problem).toMatch(/^pcap-parser cannot be loaded: /);
    stream.end(new Uint8Array(1_000_000));
    await finished(stream, { writable: false });
  } finally {
    vi.doUnmock('pcap-parser');
    vi.resetModules();
  }
});
