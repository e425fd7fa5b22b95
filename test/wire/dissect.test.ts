/** `dissect()` and `decodePacket()` read the same bytes: the numbers of one must be the headers of the other. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressFromBytes } from '../../src/net/address.ts';
import { macFromBytes } from '../../src/net/mac.ts';
import { decodePacket } from '../../src/wire/decode-packet.ts';
import { dissect } from '../../src/wire/dissect.ts';
import { NETWORK, PacketFields, STOP } from '../../src/wire/fields.ts';
import { IP_PROTOCOL } from '../../src/wire/ip-protocol.ts';
import type { DecodedPacket, Layer, Stop } from '../../src/wire/packet.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';
import { NO_SHARED_CAPTURES, sharedCaptures } from '../helpers/shared-captures.ts';
import { readAll } from './capture-file/read-all.ts';
import { ETHERNET_IPV4, ipv4, TCP_SYN } from './frames.ts';
import { PACKETS } from './packets.ts';

/** All that both tell, and `undefined` for what the packet does not have. */
interface Told {
  stop: string;
  macs?: string;
  vlan: number;
  innerVlan: number;
  depth: number;
  network: number;
  ip?: unknown;
  arp?: unknown;
  transport?: unknown;
  payload?: unknown;
}

const STOP_NAMES = new Map<number, string>(Object.entries(STOP).map(([name, value]) => [value, name]));
const FIELD_STOPS = { 'link type': 'linkType', 'ether type': 'etherType', 'ip protocol': 'protocol' } as const;
const FLAG_BITS = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128 } as const;

function byFields(bytes: Uint8Array, linkType: number): Told {
  // Somewhere within a larger buffer, as the packets of a capture are, and not where the last one was.
  const fields = new PacketFields();
  fields.bytes = joined(new Uint8Array(13).fill(0xee), bytes, new Uint8Array(64).fill(0xee));
  fields.view = new DataView(fields.bytes.buffer);
  fields.start = 13;
  fields.capturedBytes = fields.originalBytes = bytes.length;
  dissect(fields, linkType);
  const at = (place: number, length: number) => fields.bytes.subarray(place, place + length);
  const value = fields.stop >= STOP.linkType ? ` ${fields.stopValue}` : '';
  const told: Told = {
    stop: `${STOP_NAMES.get(fields.stop)}${value}`,
    vlan: fields.vlan,
    innerVlan: fields.innerVlan,
    depth: fields.tunnelDepth,
    network: fields.network,
  };
  if (fields.destinationMacAt >= 0) {
    told.macs = `${macFromBytes(at(fields.destinationMacAt, 6))} ${macFromBytes(at(fields.sourceMacAt, 6))}`;
  }
  if (fields.network === NETWORK.arp) {
    const macAt = fields.arpSenderMacAt;
    told.arp = [fields.arpOperation, macFromBytes(at(macAt, 6)), ...addressesOf(fields)];
  }
  if (fields.network === NETWORK.ipv4 || fields.network === NETWORK.ipv6) {
    const { ttl, ipId, moreFragments, fragmentOffsetBytes } = fields;
    told.ip = [...addressesOf(fields), ttl, ipId, moreFragments, fragmentOffsetBytes];
  }
  if (fields.hasTransport) {
    const { protocol, sourcePort, destPort, tcpSeq, tcpAck, tcpFlags, tcpWindow } = fields;
    const { icmpType, icmpCode, icmpId, icmpSequence } = fields;
    const isEcho = (protocol === IP_PROTOCOL.icmp ? [0, 8] : [128, 129]).includes(icmpType);
    if (protocol === IP_PROTOCOL.tcp)
      told.transport = [sourcePort, destPort, tcpSeq >>> 0, tcpAck >>> 0, tcpFlags, tcpWindow];
    else if (protocol === IP_PROTOCOL.udp) told.transport = [sourcePort, destPort];
    else told.transport = isEcho ? [icmpType, icmpCode, icmpId, icmpSequence] : [icmpType, icmpCode];
    if (fields.stop === STOP.complete) told.payload = [fields.payloadAt - fields.start, fields.payloadBytes];
  }
  return told;
}

function addressesOf(fields: PacketFields): readonly string[] {
  const length = fields.network === NETWORK.ipv6 ? 16 : 4;
  const ends = [
    [fields.source0, fields.source1, fields.source2, fields.source3],
    [fields.dest0, fields.dest1, fields.dest2, fields.dest3],
  ];
  return ends.map((words) => {
    const view = new DataView(new ArrayBuffer(16));
    for (const [index, word] of words.entries()) view.setInt32(index * 4, word);
    return addressFromBytes(new Uint8Array(view.buffer, 16 - length));
  });
}

function byHeaders(bytes: Uint8Array, linkType: number): Told {
  const packet = decodePacket(bytes, linkType);
  const told: Told = { stop: stopText(packet.stop), vlan: -1, innerVlan: -1, depth: 0, network: NETWORK.none };
  const { layers } = packet;
  for (const [index, layer] of layers.entries()) {
    tellLayer(told, layer);
    const isLast = index === layers.length - 1;
    if (entersAnother(layer, isLast ? undefined : layers[index + 1], packet.stop)) {
      told.depth++;
      told.network = NETWORK.none;
      delete told.ip;
      delete told.transport;
    }
  }
  const last = layers.at(-1);
  if (told.transport !== undefined && packet.stop.kind === 'complete' && last !== undefined) {
    told.payload = [packet.payload.byteOffset - bytes.byteOffset, payloadBytes(packet, last)];
  }
  return told;
}

function tellLayer(told: Told, { layer, header }: Layer): void {
  switch (layer) {
    case 'ethernet':
      told.macs = `${header.destination} ${header.source}`;
      break;
    case 'sll':
    case 'sll2':
    case 'loopback':
    case 'mpls':
    case 'pppoe':
    case 'vxlan':
    case 'geneve':
    case 'gre':
      break;
    case 'vlan':
      if (told.vlan === -1) told.vlan = header.id;
      else told.innerVlan = header.id;
      break;
    case 'arp':
      told.network = NETWORK.arp;
      told.arp = [header.operation, header.senderMac, header.senderAddress, header.targetAddress];
      break;
    case 'ipv4': {
      const { source, destination, ttl, identification, moreFragments, fragmentOffsetBytes } = header;
      told.network = NETWORK.ipv4;
      told.ip = [source, destination, ttl, identification, moreFragments, fragmentOffsetBytes];
      break;
    }
    case 'ipv6':
      told.network = NETWORK.ipv6;
      told.ip = [header.source, header.destination, header.hopLimit, 0, false, 0];
      break;
    case 'ipv6-extension': {
      const { fragment } = header;
      if (fragment === undefined || !Array.isArray(told.ip)) break;
      told.ip = [...told.ip.slice(0, 3), fragment.identification, fragment.moreFragments, fragment.offsetBytes];
      break;
    }
    case 'tcp': {
      const { sourcePort, destPort, sequence, acknowledgment, flags, window } = header;
      const bits = [...flags].reduce((sum, flag) => sum | FLAG_BITS[flag], 0);
      told.transport = [sourcePort, destPort, sequence, acknowledgment, bits, window];
      break;
    }
    case 'udp':
      told.transport = [header.sourcePort, header.destPort];
      break;
    case 'icmp':
    case 'icmpv6':
      told.transport =
        header.kind === 'echo-request' || header.kind === 'echo-reply'
          ? [header.type, header.code, header.id, header.sequence]
          : [header.type, header.code];
      break;
  }
}

function entersAnother({ layer, header }: Layer, next: Layer | undefined, stop: Stop): boolean {
  if (layer === 'vxlan' || layer === 'geneve' || layer === 'gre') return true;
  if (layer !== 'ipv4' && layer !== 'ipv6' && layer !== 'ipv6-extension') return false;
  if (next === undefined && stop.kind === 'fragment') return false;
  const protocol = layer === 'ipv4' ? header.protocol : header.nextHeader;
  return protocol === IP_PROTOCOL.ipip || protocol === IP_PROTOCOL.ipv6;
}

/** By the lengths that the headers claim. */
function payloadBytes({ layers, payload, missingBytes }: DecodedPacket, last: Layer): number {
  if (last.layer === 'icmp' || last.layer === 'icmpv6') return -1;
  if (last.layer !== 'udp') return payload.length + missingBytes;
  const ip = layers.findLast(({ layer }) => layer === 'ipv4' || layer === 'ipv6');
  return ip === undefined ? -1 : last.header.lengthBytes - 8;
}

function stopText(stop: Stop): string {
  switch (stop.kind) {
    case 'truncated':
      return 'cut';
    case 'unknown':
      return `${FIELD_STOPS[stop.field]} ${stop.value}`;
    default:
      return stop.kind;
  }
}

/** What the two tell of the same bytes, made comparable where they mean to differ. */
function bothOf(bytes: Uint8Array, linkType: number): readonly [fields: Told, headers: Told] {
  const [fields, headers] = [byFields(bytes, linkType), byHeaders(bytes, linkType)];
  // A header that is cut is none; what was captured of it is in the fields all the same.
  if (fields.stop === 'cut' && headers.transport === undefined) delete fields.transport;
  const [at, lengthBytes] = Array.isArray(headers.payload) ? headers.payload : [];
  const [ownAt, ownBytes] = Array.isArray(fields.payload) ? fields.payload : [];
  // Behind an ICMP header options or a quoted packet follow, which are told apart in one only; a UDP length that goes
  // beyond its IP packet is believed by one only.
  const isUdp = Array.isArray(headers.transport) && headers.transport.length === 2;
  if (lengthBytes === -1 || (isUdp && ownAt === at && ownBytes < lengthBytes)) {
    delete fields.payload;
    delete headers.payload;
  }
  return [fields, headers];
}

test.each(PACKETS)('dissect() tells what decodePacket() does of %s, however short it was cut', (_, linkType, bytes) => {
  const fields = byFields(bytes, linkType);
  expect(fields.stop).toBe('complete');
  expect(fields.network).not.toBe(NETWORK.none);
  for (let end = 0; end <= bytes.length; end++) {
    const [own, headers] = bothOf(bytes.subarray(0, end), linkType);
    expect(own).toEqual(headers);
  }
});

const CHANGES = fc.array(fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 255 })), { maxLength: 6 });

function broken(bytes: Uint8Array, changes: readonly (readonly [at: number, value: number])[]): Uint8Array {
  return changes.reduce((changed, [at, value]) => withByte(changed, at % changed.length, value), bytes);
}

test('dissect() tells what decodePacket() does, whatever the bytes', () => {
  const stops = new Set<string>();
  fc.assert(
    fc.property(
      fc.constantFrom(...PACKETS),
      CHANGES,
      fc.uint8Array({ maxLength: 40 }),
      ([, linkType, bytes], changes, tail) => {
        const [fields, headers] = bothOf(broken(joined(bytes, tail), changes), linkType);
        expect(fields).toEqual(headers);
        stops.add(fields.stop.replace(/ .*/, ''));
      },
    ),
    { numRuns: 5000 },
  );
  expect([...stops].toSorted()).toEqual(['complete', 'cut', 'etherType', 'fragment', 'malformed', 'protocol']);
});

const OF_EACH_CAPTURE = 12;

test('dissect() tells what decodePacket() does of real packets, whole and broken', ({ skip }) => {
  const files = sharedCaptures() ?? skip(NO_SHARED_CAPTURES);
  let compared = 0;
  for (const { name, path } of files) {
    const file = readFileSync(path);
    const { packets, interfaces } = readAll((name.endsWith('.gz') ? gunzipSync(file) : file).subarray(0, 200_000));
    for (const { bytes, interfaceId } of packets.slice(0, OF_EACH_CAPTURE)) {
      const linkType = interfaces[interfaceId]?.linkType ?? -1;
      const flipped = bytes.map((byte, at) => ((at * 31 + compared) % 47 === 0 ? byte ^ (1 << (at % 8)) : byte));
      for (const variant of [bytes, flipped, bytes.subarray(0, compared % (bytes.length + 1))]) {
        const [fields, headers] = bothOf(variant, linkType);
        expect({ name, fields }).toEqual({ name, fields: headers });
        compared++;
      }
    }
  }
  expect(compared).toBeGreaterThan(10_000);
});

test('dissect() has the fixed part of a TCP header whose options were cut, and says that it is cut', () => {
  const bytes = joined(ETHERNET_IPV4, ipv4(6, TCP_SYN));
  expect(byFields(bytes.subarray(0, bytes.length - 1), 1)).toMatchObject({
    stop: 'cut',
    transport: [40_000, 80, 0x01020304, 0, 2, 65_535],
  });
});

test('dissect() takes nests deeper than any network has for malformed, as decodePacket() does', () => {
  const nest = (depth: number): Uint8Array => (depth === 0 ? ipv4(6, TCP_SYN) : ipv4(4, nest(depth - 1)));
  expect(byFields(nest(4), 101)).toMatchObject({ stop: 'complete', depth: 4 });
  expect(bothOf(nest(5), 101).map(({ stop, depth }) => [stop, depth])).toEqual([
    ['malformed', 5],
    ['malformed', 5],
  ]);
});

test('dissect() tells the sender, the direction and the device of a cooked capture', () => {
  const fields = new PacketFields();
  fields.bytes = joined(hex('08 06 00 00 00 00 00 07 00 01 04 06 aa bb cc 00 00 01 00 00'), new Uint8Array(28));
  fields.view = new DataView(fields.bytes.buffer);
  fields.capturedBytes = fields.originalBytes = fields.bytes.length;
  dissect(fields, 276);
  expect(fields).toMatchObject({ ifindex: 7, packetType: 4, sourceMacAt: 12, destinationMacAt: -1 });
});
