/**
 * A TCP segment as an Ethernet frame, with checksums that are right.
 *
 * @module
 */

import { FLAG, MAXIMUM_SEGMENT_BYTES, type Segment } from './conversation.ts';

/** Who talks: IPv4 addresses as numbers. */
export interface Endpoints {
  readonly client: number;
  readonly clientPort: number;
  readonly server: number;
  readonly serverPort: number;
}

const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const IP_AT = ETHERNET_BYTES;
const TCP_AT = IP_AT + IP_BYTES;
const DATA_OPTIONS_BYTES = 12;
const SYN_OPTIONS_BYTES = 20;

/** What every payload is made of, and the sum of its first n words of 16 bits, for the checksums. */
const TEXT = Uint8Array.from({ length: MAXIMUM_SEGMENT_BYTES }, (_, index) => 32 + ((index * 7) % 95));
const SUMS = prefixSums(TEXT);

/** Write the frame. @returns how long it is. */
export function writeFrame(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  segment: Segment,
  { client, clientPort, server, serverPort }: Endpoints,
  ttl: number,
  ipId: number,
  milliseconds: number,
): number {
  const { fromClient, flags, sequence, acknowledgment, payloadBytes } = segment;
  const optionsBytes = flags & FLAG.syn ? SYN_OPTIONS_BYTES : DATA_OPTIONS_BYTES;
  const tcpBytes = 20 + optionsBytes + payloadBytes;

  view.setUint32(at, 0x02000000 + (fromClient ? 1 : 2));
  view.setUint16(at + 4, 0);
  view.setUint32(at + 6, 0x02000000 + (fromClient ? 2 : 1));
  view.setUint16(at + 10, 0);
  view.setUint16(at + 12, 0x0800);

  const ip = at + IP_AT;
  view.setUint16(ip, 0x4500);
  view.setUint16(ip + 2, IP_BYTES + tcpBytes);
  view.setUint16(ip + 4, ipId);
  view.setUint16(ip + 6, 0x4000);
  view.setUint16(ip + 8, (ttl << 8) | 6);
  view.setUint16(ip + 10, 0);
  view.setUint32(ip + 12, fromClient ? client : server);
  view.setUint32(ip + 16, fromClient ? server : client);
  view.setUint16(ip + 10, folded(sum(view, ip, IP_BYTES)));

  const tcp = at + TCP_AT;
  view.setUint16(tcp, fromClient ? clientPort : serverPort);
  view.setUint16(tcp + 2, fromClient ? serverPort : clientPort);
  view.setUint32(tcp + 4, sequence);
  view.setUint32(tcp + 8, acknowledgment);
  view.setUint16(tcp + 12, (((20 + optionsBytes) / 4) << 12) | flags);
  view.setUint16(tcp + 14, flags & FLAG.rst ? 0 : 501);
  view.setUint32(tcp + 16, 0);
  let option = tcp + 20;
  if (flags & FLAG.syn) {
    // MSS 1460, SACK permitted; timestamps; window scale 7.
    view.setUint32(option, 0x020405b4);
    view.setUint16(option + 4, 0x0402);
    view.setUint32(option + 16, 0x01030307);
    option += 6;
  } else {
    view.setUint16(option, 0x0101);
    option += 2;
  }
  view.setUint16(option, 0x080a);
  view.setUint32(option + 2, milliseconds);
  view.setUint32(option + 6, flags & FLAG.ack ? milliseconds - 1 : 0);
  const payloadAt = tcp + 20 + optionsBytes;
  bytes.set(payloadBytes === MAXIMUM_SEGMENT_BYTES ? TEXT : TEXT.subarray(0, payloadBytes), payloadAt);

  const words = payloadBytes >> 1;
  const oddByte = payloadBytes % 2 === 1 ? (TEXT[payloadBytes - 1] ?? 0) << 8 : 0;
  const pseudoHeader = sum(view, ip + 12, 8) + 6 + tcpBytes;
  const total = pseudoHeader + sum(view, tcp, 20 + optionsBytes) + (SUMS[words] ?? 0) + oddByte;
  view.setUint16(tcp + 16, folded(total));
  return TCP_AT + tcpBytes;
}

function prefixSums(bytes: Uint8Array): Uint32Array {
  const sums = new Uint32Array((bytes.length >> 1) + 1);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word + 1 < sums.length; word++) sums[word + 1] = (sums[word] ?? 0) + view.getUint16(word * 2);
  return sums;
}

function sum(view: DataView, start: number, lengthBytes: number): number {
  let total = 0;
  for (let at = start; at < start + lengthBytes; at += 2) total += view.getUint16(at);
  return total;
}

function folded(total: number): number {
  const once = (total & 0xffff) + (total >>> 16);
  return ~((once & 0xffff) + (once >>> 16)) & 0xffff;
}
