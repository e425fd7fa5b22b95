import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toPort } from '../../src/net/port.ts';
import { decodePacket, decodeQuoted } from '../../src/wire/decode-packet.ts';
import { LINK_TYPE } from '../../src/wire/link-type.ts';
import { type DecodedPacket, innermostIp } from '../../src/wire/packet.ts';
import { hex, joined, withByte } from '../helpers/hex.ts';
import {
  ARP_WHO_HAS,
  ETHERNET_IPV4,
  ICMPV6_ECHO,
  ipv4,
  ipv6,
  SLL2_ARP,
  SLL2_IPV4,
  UDP_DNS,
  vxlanDatagram,
} from './frames.ts';
import { INNER_FRAME, PACKETS } from './packets.ts';

const { ethernet, linuxSll2, raw } = LINK_TYPE;
function layersOf({ layers }: DecodedPacket): string {
  return layers.map(({ layer }) => layer).join(' ');
}

test.each(PACKETS)('decodePacket() follows %s', (layers, linkType, bytes) => {
  const packet = decodePacket(bytes, linkType);
  expect(layersOf(packet)).toBe(layers);
  expect(packet.stop).toEqual({ kind: 'complete' });
});

test.each(PACKETS)('decodePacket() answers for %s, however short the capture was cut', (layers, linkType, bytes) => {
  for (let end = 0; end < bytes.length; end++) {
    const packet = decodePacket(bytes.subarray(0, end), linkType);
    expect(layers.startsWith(layersOf(packet))).toBe(true);
    expect(packet.stop.kind === 'truncated' || packet.missingBytes > 0).toBe(true);
  }
});

test('decodePacket() never throws, whatever the bytes', () => {
  const [smallest = 0] = PACKETS.map(([, , bytes]) => bytes.length).toSorted((a, b) => a - b);
  fc.assert(
    fc.property(
      fc.constantFrom(...PACKETS),
      fc.array(fc.tuple(fc.nat({ max: smallest }), fc.nat({ max: 255 })), { maxLength: 8 }),
      fc.uint8Array({ maxLength: 40 }),
      ([, linkType, bytes], changes, tail) => {
        const broken = changes.reduce((changed, [at, value]) => withByte(changed, at, value), joined(bytes, tail));
        for (const input of [broken, tail]) {
          const packet = decodePacket(input, linkType);
          expect(packet.payload.length).toBeLessThanOrEqual(input.length);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('decodePacket() answers views on the bytes, no copies', () => {
  const bytes = joined(SLL2_IPV4, ipv4(17, UDP_DNS));
  expect(decodePacket(bytes, linuxSll2).payload.buffer).toBe(bytes.buffer);
});

test('decodePacket() looks for no transport header in a later fragment', () => {
  const fragment = withByte(withByte(ipv4(17, UDP_DNS), 6, 0), 7, 5);
  expect(decodePacket(fragment, raw)).toMatchObject({ layers: [{ layer: 'ipv4' }], stop: { kind: 'fragment' } });
  const later = ipv6(44, joined(hex('11 00 05 a8 00 00 00 07'), UDP_DNS));
  expect(decodePacket(later, raw).stop).toEqual({ kind: 'fragment' });
});

test.each([
  ['link type', decodePacket(hex('00'), 147), { kind: 'unknown', field: 'link type', value: 147 }],
  [
    'EtherType',
    decodePacket(hex(`${'00'.repeat(12)} 88 cc`), ethernet),
    { kind: 'unknown', field: 'ether type', value: 0x88cc },
  ],
  ['IP protocol', decodePacket(ipv4(132, hex('00')), raw), { kind: 'unknown', field: 'ip protocol', value: 132 }],
])('decodePacket() keeps the number of a %s that it does not decode', (_, packet, stop) => {
  expect(packet.stop).toEqual(stop);
});

test('decodePacket() looks for VXLAN behind the ports that it is given', () => {
  const bytes = ipv4(17, vxlanDatagram(INNER_FRAME));
  expect(layersOf(decodePacket(bytes, raw, { vxlanPorts: [] }))).toBe('ipv4 udp');
  const own = withByte(withByte(bytes, 22, 0x27), 23, 0x0f);
  expect(layersOf(decodePacket(own, raw))).toBe('ipv4 udp');
  const ports = [9999].flatMap((port) => toPort(port) ?? []);
  expect(layersOf(decodePacket(own, raw, { vxlanPorts: ports }))).toBe('ipv4 udp vxlan ethernet ipv4 icmp');
});

test('decodeQuoted() reads a packet of which an ICMP error quotes only the first 8 bytes behind its IP header', () => {
  const quoted = decodeQuoted(ipv4(17, joined(UDP_DNS, new Uint8Array(400))).subarray(0, 28));
  expect(innermostIp(quoted)).toMatchObject({
    source: '10.0.0.1',
    destination: '10.0.0.2',
    transport: { layer: 'udp', header: { sourcePort: 50_000, destPort: 53 } },
  });
});

test('innermostIp() looks into a tunnel', () => {
  const inner = joined(ETHERNET_IPV4, ipv6(58, ICMPV6_ECHO));
  const bytes = ipv4(17, vxlanDatagram(withByte(withByte(inner, 12, 0x86), 13, 0xdd)));
  expect(innermostIp(decodePacket(bytes, raw))).toMatchObject({ source: 'fd00::1', transport: { layer: 'icmpv6' } });
});

test('innermostIp() has no transport for a fragment, and nothing for ARP', () => {
  const fragment = withByte(withByte(ipv4(17, UDP_DNS), 6, 0), 7, 5);
  expect(innermostIp(decodePacket(fragment, raw))).toMatchObject({ source: '10.0.0.1', transport: undefined });
  expect(innermostIp(decodePacket(joined(SLL2_ARP, ARP_WHO_HAS), linuxSll2))).toBeUndefined();
});
