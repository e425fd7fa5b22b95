/**
 * Packets that are followed through places, in few words: each place is a number, and each sighting a frame at a time.
 *
 * @module
 */

import type { FollowedPacket } from '../../../src/postmortem/live/followed-packet.ts';
import { Follower } from '../../../src/postmortem/live/follower.ts';
import { journeyOf } from '../../../src/postmortem/live/journey.ts';
import { flowOf } from '../../../src/postmortem/live/packet-identity.ts';
import { PacketKey } from '../../../src/postmortem/points/packet-key.ts';
import { dissect } from '../../../src/wire/dissect.ts';
import { PacketFields } from '../../../src/wire/fields.ts';
import { LINK_TYPE } from '../../../src/wire/link-type.ts';
import { cooked } from '../../helpers/pcap-stream.ts';

const NS_PER_MS = 1e6;

/** @param arriving Places at which packets arrive. @param isKept Whether what has ended is remembered. */
/** One place after the other. */
export const NO_LAYOUT = { isBeside: () => false, branchedFrom: () => undefined };

export function following(arriving: readonly number[] = [], isKept = true) {
  const ended: FollowedPacket[] = [];
  const fields = new PacketFields();
  const follower = new Follower({
    waitMs: 200,
    seed: 7,
    arrivesAt: (point) => arriving.includes(point),
    onLook: () => undefined,
    onEnd: (packet) => {
      packet.isKept = isKept;
      ended.push(packet);
    },
    flowOfBytes: ({ bytes, start, capturedBytes, originalBytes }) => {
      const scratch = fill(new PacketFields(), bytes.subarray(start, start + capturedBytes), originalBytes);
      const key = new PacketKey(0);
      key.read(scratch);
      return flowOf(scratch, key.sourcePort, key.destPort, key.protocol);
    },
  });
  return {
    follower,
    ended,
    /** @param packetType As `cooked()` takes it: to us, unless said otherwise. */
    see: (point: number, atMs: number, frame: Uint8Array, packetType: 0 | 1 | 3 | 4 = 0) => {
      const bytes = cooked(frame, 2, packetType);
      follower.see(point, fill(fields, bytes, bytes.length), atMs * NS_PER_MS);
    },
    advance: (toMs: number) => follower.advance(toMs * NS_PER_MS),
    /** The places of each packet that has ended, in order. */
    ways: () => ended.map(({ points }) => points.join(' ')),
    /** What had become of the packet before each place. */
    changes: (packet: FollowedPacket | undefined) => {
      if (packet === undefined) return [];
      const places = Array.from({ length: 10 }, (_, at) => ({
        netns: `n${at}`,
        device: 'eth0',
        direction: 'in' as const,
        isForOther: false,
      }));
      return journeyOf(packet, places, { kind: 'arrived' }, NO_LAYOUT).hops.map(({ changes }) => changes.join('; '));
    },
  };
}

function fill(fields: PacketFields, bytes: Uint8Array, originalBytes: number): PacketFields {
  fields.bytes = bytes;
  fields.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  fields.start = 0;
  fields.capturedBytes = bytes.length;
  fields.originalBytes = originalBytes;
  dissect(fields, LINK_TYPE.linuxSll2);
  return fields;
}
