/**
 * The stream that tcpdump writes for `-i any`: frames in LINUX_SLL2, in nanoseconds.
 *
 * @module
 */

import { joined } from './hex.ts';
import { words } from './packets.ts';

const ETHERNET_BYTES = 14;

/** A cooked frame of what an Ethernet frame carries. @param packetType 0 to us, 3 to another MAC, 4 outgoing. */
export function cooked(frame: Uint8Array, ifindex: number, packetType: 0 | 1 | 3 | 4): Uint8Array {
  const etherType = new DataView(frame.buffer, frame.byteOffset).getUint16(12);
  const head = joined(words(etherType, 0, 0, ifindex, 1), Uint8Array.of(packetType, 6, 2, 0, 0, 0, 0, 1, 0, 0));
  return joined(head, frame.subarray(ETHERNET_BYTES));
}

export function streamHead(): Uint8Array {
  const head = new DataView(new ArrayBuffer(24));
  head.setUint32(0, 0xa1b23c4d, true);
  head.setUint32(16, 200, true);
  head.setUint32(20, 276, true);
  return new Uint8Array(head.buffer);
}

/** @param timeNs After 1970; small numbers do. */
export function record(timeNs: number, bytes: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(16));
  head.setUint32(0, Math.floor(timeNs / 1e9), true);
  head.setUint32(4, timeNs % 1e9, true);
  head.setUint32(8, bytes.length, true);
  head.setUint32(12, bytes.length, true);
  return joined(new Uint8Array(head.buffer), bytes);
}
