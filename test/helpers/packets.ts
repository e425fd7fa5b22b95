/**
 * Frames for tests, from what matters about them: addresses as text, headers with right lengths and checksums.
 *
 * @module
 */

import { joined } from './hex.ts';

/** The fields that a test may want to differ. */
export interface IpOptions {
  readonly ttl?: number;
  readonly id?: number;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  readonly sourceMac?: string;
  readonly destMac?: string;
}

const MAC = { source: '02:00:00:00:00:01', dest: '02:00:00:00:00:02', broadcast: 'ff:ff:ff:ff:ff:ff' } as const;
const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** An Ethernet frame. */
function ethernet(etherType: number, payload: Uint8Array, { sourceMac, destMac }: IpOptions = {}): Uint8Array {
  return joined(macBytes(destMac ?? MAC.dest), macBytes(sourceMac ?? MAC.source), words(etherType), payload);
}

export function arpRequest(sender: string, target: string, mac: string = MAC.source): Uint8Array {
  return ethernet(0x0806, arp(1, mac, sender, '00:00:00:00:00:00', target), { sourceMac: mac, destMac: MAC.broadcast });
}

export function arpReply(sender: string, target: string, mac: string = MAC.dest): Uint8Array {
  return ethernet(0x0806, arp(2, mac, sender, MAC.source, target), { sourceMac: mac, destMac: MAC.source });
}

function arp(operation: number, senderMac: string, sender: string, targetMac: string, target: string): Uint8Array {
  const head = words(1, 0x0800, 0x0604, operation);
  return joined(head, macBytes(senderMac), addressBytes(sender), macBytes(targetMac), addressBytes(target));
}

/** A frame with an IP packet of any protocol; the family is the addresses'. */
export function ip(
  source: string,
  dest: string,
  protocol: number,
  payload: Uint8Array,
  options: IpOptions = {},
): Uint8Array {
  if (source.includes(':')) return ethernet(0x86dd, ipv6(source, dest, protocol, payload, options), options);
  return ethernet(0x0800, ipv4(source, dest, protocol, payload, options), options);
}

/** Without the frame: what an ICMP error quotes. */
export function ipv4(
  source: string,
  dest: string,
  protocol: number,
  payload: Uint8Array,
  options: IpOptions = {},
): Uint8Array {
  const { ttl = 64, id = 1, fragmentOffset = 0, moreFragments = false } = options;
  const flags = (moreFragments ? 0x2000 : 0) | (fragmentOffset / 8);
  const head = words(0x4500, 20 + payload.length, id, flags, (ttl << 8) | protocol, 0);
  const header = joined(head, addressBytes(source), addressBytes(dest));
  return joined(withChecksum(header, 10, 0), payload);
}

function ipv6(
  source: string,
  dest: string,
  protocol: number,
  payload: Uint8Array,
  { ttl = 64 }: IpOptions,
): Uint8Array {
  const head = words(0x6000, 0, payload.length, (protocol << 8) | ttl);
  return joined(head, addressBytes(source), addressBytes(dest), payload);
}

export function echo(source: string, dest: string, sequence: number, options: IpOptions = {}): Uint8Array {
  return icmp(source, dest, 8, 0, words(7, sequence), options);
}

export function echoReply(source: string, dest: string, sequence: number, options: IpOptions = {}): Uint8Array {
  return icmp(source, dest, 0, 0, words(7, sequence), options);
}

/** @param rest What is behind the checksum. */
export function icmp(
  source: string,
  dest: string,
  type: number,
  code: number,
  rest: Uint8Array,
  options: IpOptions = {},
): Uint8Array {
  const message = joined(words((type << 8) | code, 0), rest);
  return ip(source, dest, PROTOCOL.icmp, withChecksum(message, 2, 0), options);
}

export function icmpv6(
  source: string,
  dest: string,
  type: number,
  rest: Uint8Array,
  options: IpOptions = {},
): Uint8Array {
  const message = joined(words(type << 8, 0), rest);
  const pseudo = pseudoHeader(source, dest, PROTOCOL.icmpv6, message.length);
  return ip(source, dest, PROTOCOL.icmpv6, withChecksum(message, 2, pseudo), options);
}

export function udp(
  source: string,
  dest: string,
  sourcePort: number,
  destPort: number,
  payload: Uint8Array = new Uint8Array(4),
  options: IpOptions = {},
): Uint8Array {
  const datagram = joined(words(sourcePort, destPort, 8 + payload.length, 0), payload);
  const pseudo = pseudoHeader(source, dest, PROTOCOL.udp, datagram.length);
  return ip(source, dest, PROTOCOL.udp, withChecksum(datagram, 6, pseudo), options);
}

/** @param flags Of TCP_FLAG. */
export function tcp(
  source: string,
  dest: string,
  sourcePort: number,
  destPort: number,
  {
    flags,
    seq = 1,
    ack = 0,
    payload = new Uint8Array(0),
  }: { flags: number; seq?: number; ack?: number; payload?: Uint8Array },
  options: IpOptions = {},
): Uint8Array {
  const head = words(
    sourcePort,
    destPort,
    seq >>> 16,
    seq & 0xffff,
    ack >>> 16,
    ack & 0xffff,
    0x5000 | flags,
    0xffff,
    0,
    0,
  );
  const segment = joined(head, payload);
  const pseudo = pseudoHeader(source, dest, PROTOCOL.tcp, segment.length);
  return ip(source, dest, PROTOCOL.tcp, withChecksum(segment, 16, pseudo), options);
}

/** A DNS message with one question. */
export function dns(id: number, name: string, { isResponse = false, rcode = 0 } = {}): Uint8Array {
  const labels = name.split('.').map((label) => joined(Uint8Array.of(label.length), new TextEncoder().encode(label)));
  return joined(
    words(id, (isResponse ? 0x8000 : 0x0100) | rcode, 1, 0, 0, 0),
    ...labels,
    Uint8Array.of(0),
    words(1, 1),
  );
}

export function words(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]));
}

export function addressBytes(address: string): Uint8Array {
  if (!address.includes(':')) return Uint8Array.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail)];
  return words(...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after);
}

function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':').map((byte) => Number.parseInt(byte, 16)));
}

function pseudoHeader(source: string, dest: string, protocol: number, bytes: number): number {
  return sum(addressBytes(source)) + sum(addressBytes(dest)) + protocol + bytes;
}

/** @param more To be added to the sum of the bytes. */
function withChecksum(bytes: Uint8Array, at: number, more: number): Uint8Array {
  let rest = sum(bytes) + more;
  while (rest > 0xffff) rest = (rest >>> 16) + (rest & 0xffff);
  const filled = Uint8Array.from(bytes);
  filled.set(words(0xffff - rest), at);
  return filled;
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte, index) => total + (index % 2 === 0 ? byte * 256 : byte), 0);
}
