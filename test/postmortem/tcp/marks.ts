/**
 * The marks of every segment of a capture, by nsdiag and by tshark, each in one string: `retransmission+windowFull`.
 *
 * @module
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { FlowTracker } from '../../../src/postmortem/flows/flow-tracker.ts';
import { SEGMENT_MARK, type SegmentMark, segmentMarks } from '../../../src/postmortem/tcp/segment-mark.ts';
import { CaptureReader } from '../../../src/wire/capture-file/reader.ts';
import { dissect } from '../../../src/wire/dissect.ts';
import { PacketFields } from '../../../src/wire/fields.ts';

/** By the number of the packet; those without marks are left out. */
export type MarksByFrame = ReadonlyMap<number, string>;

/** Wireshark's name of each. */
const FIELDS: Readonly<Record<SegmentMark, string>> = {
  retransmission: 'tcp.analysis.retransmission',
  fastRetransmission: 'tcp.analysis.fast_retransmission',
  spuriousRetransmission: 'tcp.analysis.spurious_retransmission',
  outOfOrder: 'tcp.analysis.out_of_order',
  lostSegment: 'tcp.analysis.lost_segment',
  ackLostSegment: 'tcp.analysis.ack_lost_segment',
  duplicateAck: 'tcp.analysis.duplicate_ack',
  zeroWindow: 'tcp.analysis.zero_window',
  zeroWindowProbe: 'tcp.analysis.zero_window_probe',
  zeroWindowProbeAck: 'tcp.analysis.zero_window_probe_ack',
  keepAlive: 'tcp.analysis.keep_alive',
  keepAliveAck: 'tcp.analysis.keep_alive_ack',
  windowUpdate: 'tcp.analysis.window_update',
  windowFull: 'tcp.analysis.window_full',
  reusedPorts: 'tcp.analysis.reused_ports',
};
const MARKS = Object.keys(SEGMENT_MARK) as SegmentMark[];

/** Show every packet of a capture, as read from disk, to whoever is interested. */
export function eachPacket(
  bytes: Uint8Array,
  see: (fields: PacketFields, number: number, interfaceId: number) => void,
) {
  const fields = new PacketFields();
  let number = 0;
  const reader: CaptureReader = new CaptureReader({
    packet: (buffer, start, capturedBytes, originalBytes, seconds, nanoseconds, interfaceId) => {
      fields.bytes = buffer;
      fields.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      Object.assign(fields, { start, capturedBytes, originalBytes, seconds, nanoseconds });
      dissect(fields, reader.interfaces[interfaceId]?.linkType ?? -1);
      see(fields, ++number, interfaceId);
    },
  });
  for (let at = 0; at < bytes.length && !reader.isDone; ) {
    const space = reader.space();
    const part = bytes.subarray(at, at + space.length);
    space.set(part);
    reader.advance(part.length);
    at += part.length;
  }
  reader.finish();
}

/** The bytes of a capture, decompressed. */
export function readCapture(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** What nsdiag says. */
export function ourMarks(bytes: Uint8Array): MarksByFrame {
  const tracker = new FlowTracker(0, 1);
  const marks = new Map<number, string>();
  eachPacket(bytes, (fields, number, interfaceId) => {
    tracker.see(fields, number, interfaceId);
    if (tracker.marks !== 0) marks.set(number, segmentMarks(tracker.marks).join('+'));
  });
  return marks;
}

/** What tshark says. */
export function tsharkMarks(path: string): MarksByFrame {
  const output = execFileSync(
    'tshark',
    [
      '-n',
      '-r',
      path,
      '-Y',
      'tcp.analysis.flags',
      '-T',
      'fields',
      '-e',
      'frame.number',
      ...MARKS.flatMap((mark) => ['-e', FIELDS[mark]]),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 },
  );
  const marks = new Map<number, string>();
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const [number = '', ...cells] = line.split('\t');
    const names = MARKS.filter((_, column) => (cells[column] ?? '') !== '');
    // A fast or spurious one carries the plain flag as well.
    const isSpecial = names.includes('fastRetransmission') || names.includes('spuriousRetransmission');
    marks.set(Number(number), names.filter((name) => name !== 'retransmission' || !isSpecial).join('+'));
  }
  return marks;
}

/** One line for every packet about which the two differ. */
export function differences(ours: MarksByFrame, theirs: MarksByFrame): readonly string[] {
  const numbers = [...new Set([...ours.keys(), ...theirs.keys()])].sort((a, b) => a - b);
  return numbers.flatMap((number) => {
    const mine = ours.get(number) ?? '';
    const other = theirs.get(number) ?? '';
    return mine === other ? [] : [`#${number}: nsdiag ${mine || 'nothing'}, tshark ${other || 'nothing'}`];
  });
}
