/**
 * Bytes of a capture file, in pieces as a test wants them, to all that the reader tells.
 *
 * @module
 */

import type { CaptureInterface } from '../../../src/wire/capture-file/interface.ts';
import type { PacketOptions } from '../../../src/wire/capture-file/packet-options.ts';
import { CaptureReader, type CaptureSummary } from '../../../src/wire/capture-file/reader.ts';

interface ToldPacket {
  readonly bytes: Uint8Array;
  readonly originalBytes: number;
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly interfaceId: number;
  readonly options: PacketOptions;
}

interface Told {
  readonly summary: CaptureSummary;
  readonly interfaces: readonly CaptureInterface[];
  readonly packets: readonly ToldPacket[];
  readonly names: readonly string[];
  readonly custom: readonly string[];
  /** Of the reader's buffer when it was largest. */
  readonly bufferBytes: number;
}

/** @param pieceBytes Of each piece in turn, over and over; all at once without. */
export function readAll(file: Uint8Array, pieceBytes: readonly number[] = [Number.POSITIVE_INFINITY]): Told {
  const packets: ToldPacket[] = [];
  const names: string[] = [];
  const custom: string[] = [];
  let bufferBytes = 0;
  const reader: CaptureReader = new CaptureReader({
    packet: (bytes, start, capturedBytes, originalBytes, seconds, nanoseconds, interfaceId) => {
      const packet = bytes.slice(start, start + capturedBytes);
      packets.push({
        bytes: packet,
        originalBytes,
        seconds,
        nanoseconds,
        interfaceId,
        options: reader.packetOptions(),
      });
    },
    name: (address, name) => names.push(`${[...address].join('.')} ${name}`),
    custom: (enterprise, data) => custom.push(`${enterprise}: ${[...data].join(' ')}`),
  });
  for (let at = 0, piece = 0; at < file.length; piece++) {
    const space = reader.space();
    bufferBytes = Math.max(bufferBytes, space.buffer.byteLength);
    const part = file.subarray(at, at + Math.min(space.length, pieceBytes[piece % pieceBytes.length] ?? 1));
    space.set(part);
    reader.advance(part.length);
    at += part.length;
  }
  return { summary: reader.finish(), interfaces: reader.interfaces, packets, names, custom, bufferBytes };
}
