/** Which of many packets are the probe's own, packet by packet; the same against real kernels is in live/probe-*.test.ts. */

import { expect, test } from 'vitest';
import type { DeviceName } from '../../src/host/link.ts';
import type { Identity } from '../../src/probe/identity.ts';
import { recognise } from '../../src/probe/recognise.ts';
import type { Seen } from '../../src/probe/seen.ts';
import { decodePacket } from '../../src/wire/decode-packet.ts';
import { LINK_TYPE } from '../../src/wire/link-type.ts';
import { netnsName } from '../helpers/build-host.ts';
import { hex, joined } from '../helpers/hex.ts';
import { port } from '../helpers/iproute-text.ts';
import { ARP_WHO_HAS, ipv4 } from '../wire/frames.ts';

/** Packets of a test, one a microsecond, each at a place: `ns1 v1 out`. */
function captured(
  ...packets: readonly (readonly [place: string, bytes: Uint8Array, linkType?: number])[]
): readonly Seen[] {
  return packets.map(([place, bytes, linkType = LINK_TYPE.raw], index) => {
    const [netns = '', device = '', direction] = place.split(' ');
    return {
      netns: netnsName(netns),
      device: device as DeviceName,
      direction: direction === 'in' ? 'in' : 'out',
      isForOtherHost: false,
      isLoopback: device === 'lo',
      timestampNs: BigInt(index) * 1_000n,
      packet: decodePacket(bytes, linkType),
    };
  });
}

/** What is ours of it: place, leg, attempt, and what it is. ns2 owns 10.0.0.2. */
function own(identity: Identity, seen: readonly Seen[]): readonly string[] {
  const isLocal = (netns: string, address: string) => netns === 'ns2' && address === '10.0.0.2';
  return recognise(seen, { identity, source: netnsName('ns1'), isLocal }).map(
    ({ sighting: { netns, device, direction, leg, sequence, what } }) =>
      `${netns} ${device} ${direction} ${leg} ${sequence} ${what}`,
  );
}

/** An IPv4 packet with other addresses: the last numbers of 10.0.0.x. */
function between(source: number, destination: number, packet: Uint8Array): Uint8Array {
  return joined(
    packet.subarray(0, 12),
    hex('0a 00 00'),
    Uint8Array.of(source),
    hex('0a 00 00'),
    Uint8Array.of(destination),
    packet.subarray(20),
  );
}

const PATTERN = hex('f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 fa fb fc fd fe ff');
const ICMP: Identity = { kind: 'icmp', pattern: PATTERN, payloadBytes: 56 };

function echo(type: 'request' | 'reply', pattern: Uint8Array, id = 7, sequence = 1): Uint8Array {
  const header = Uint8Array.of(type === 'request' ? 8 : 0, 0, 0, 0, 0, id, 0, sequence);
  return ipv4(1, joined(header, new Uint8Array(16), pattern, new Uint8Array(24)));
}

/** `quoted` could not be delivered to its port. */
function unreachable(quoted: Uint8Array): Uint8Array {
  return ipv4(1, joined(hex('03 03 00 00 00 00 00 00'), quoted));
}

test('recognise() knows an ICMP probe by its pattern alone, whatever addresses and id have become', () => {
  const other = hex('00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f');
  const seen = captured(
    ['ns1 v1 out', echo('request', PATTERN)],
    ['ns1 v1 out', echo('request', other)],
    ['ns2 v2 in', between(9, 2, echo('request', PATTERN, 99))],
    ['ns2 v2 out', between(2, 9, echo('reply', PATTERN, 99))],
    ['ns2 v2 out', between(2, 9, echo('reply', other, 99))],
    ['ns1 v1 in', echo('reply', PATTERN, 7, 2)],
  );
  expect(own(ICMP, seen)).toEqual([
    'ns1 v1 out request 1 packet',
    'ns2 v2 in request 1 packet',
    'ns2 v2 out reply 1 packet',
    'ns1 v1 in reply 2 packet',
  ]);
});

test('recognise() puts what it is given in the order of time', () => {
  const seen = captured(['ns1 v1 out', echo('request', PATTERN)], ['ns2 v2 in', echo('request', PATTERN)]);
  expect(own(ICMP, seen.toReversed())).toEqual(own(ICMP, seen));
});

test('recognise() knows an error by the packet that it quotes, as that looked at any place, and cut to 8 bytes', () => {
  const translated = between(9, 2, echo('request', PATTERN, 99));
  const seen = captured(
    ['ns2 v2 out', unreachable(translated)], // before there was such a packet: of somebody else
    ['ns1 v1 out', echo('request', PATTERN)],
    ['ns2 v2 in', translated],
    ['ns2 v2 out', unreachable(translated.subarray(0, 28))],
    ['ns1 v1 in', unreachable(echo('request', PATTERN).subarray(0, 28))],
    ['ns1 v1 in', unreachable(echo('request', PATTERN, 8).subarray(0, 28))],
  );
  expect(own(ICMP, seen)).toEqual([
    'ns1 v1 out request 1 packet',
    'ns2 v2 in request 1 packet',
    'ns2 v2 out request 1 error',
    'ns1 v1 in request 1 error',
  ]);
});

test('recognise() takes the first id that leaves for that of a ping without room for a pattern', () => {
  const small: Identity = { ...ICMP, payloadBytes: 8 };
  const ping = (id: number) => ipv4(1, joined(Uint8Array.of(8, 0, 0, 0, 0, id, 0, 1), new Uint8Array(8)));
  const seen = captured(
    ['ns1 v1 in', ping(3)],
    ['ns1 v1 out', ping(7)],
    ['ns1 v1 out', ping(8)],
    ['ns2 v2 in', ping(7)],
    ['ns2 v2 in', ping(8)],
  );
  expect(own(small, seen)).toEqual(['ns1 v1 out request 1 packet', 'ns2 v2 in request 1 packet']);
});

const TCP: Identity = {
  kind: 'tcp',
  attempts: new Map([40_000, 40_001].map((number, index) => [port(number), index + 1])),
};

interface Segment {
  readonly from?: number;
  readonly to?: number;
  readonly sequence?: number;
  readonly ack?: number;
  readonly flags: number;
}

const SYN = 0x02;
const SYN_ACK = 0x12;
const RST_ACK = 0x14;
const ACK = 0x10;

function tcp({ from = 40_000, to = 80, sequence = 0x1000, ack = 0, flags }: Segment): Uint8Array {
  const segment = new Uint8Array(20);
  const view = new DataView(segment.buffer);
  view.setUint16(0, from);
  view.setUint16(2, to);
  view.setUint32(4, sequence);
  view.setUint32(8, ack);
  segment[12] = 0x50;
  segment[13] = flags;
  return ipv4(6, segment);
}

test('recognise() learns the sequence number at the source, and knows the connection by it behind any translation', () => {
  const seen = captured(
    ['ns2 v2 in', tcp({ flags: SYN, sequence: 0x9999 })], // our port, but somebody else's
    ['ns1 v1 out', tcp({ flags: SYN, from: 50_000, sequence: 0x8888 })],
    ['ns1 v1 out', tcp({ flags: SYN })],
    ['ns2 v2 in', tcp({ flags: SYN, from: 1234, to: 8080 })],
    ['ns2 v2 out', tcp({ flags: SYN_ACK, from: 8080, to: 1234, ack: 0x1001 })],
    ['ns1 v1 in', tcp({ flags: SYN_ACK, from: 80, to: 40_000, ack: 0x1001 })],
    ['ns1 v1 in', tcp({ flags: SYN_ACK, from: 80, to: 50_000, ack: 0x8889 })],
    ['ns1 v1 out', tcp({ flags: ACK, sequence: 0x1001, ack: 0x1001 })],
  );
  expect(own(TCP, seen)).toEqual([
    'ns1 v1 out request 1 packet',
    'ns2 v2 in request 1 packet',
    'ns2 v2 out reply 1 packet',
    'ns1 v1 in reply 1 packet',
  ]);
});

test('recognise() knows a refusal, the second attempt, and a sequence number at the end of its range', () => {
  const seen = captured(
    ['ns1 v1 out', tcp({ flags: SYN, from: 40_001, sequence: 0xffff_ffff })],
    ['ns1 v1 in', tcp({ flags: RST_ACK, from: 80, to: 40_001, sequence: 0, ack: 0 })],
  );
  expect(own(TCP, seen)).toEqual(['ns1 v1 out request 2 packet', 'ns1 v1 in reply 2 packet']);
});

const NONCE = hex('a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae');
const UDP: Identity = { kind: 'udp', nonce: NONCE };

function udp(from: number, to: number, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, from);
  view.setUint16(2, to);
  view.setUint16(4, 8 + payload.length);
  return ipv4(17, joined(header, payload));
}

test('recognise() knows a datagram by its nonce, and any answer by where it goes to', () => {
  const mark = joined(NONCE, hex('02'));
  const seen = captured(
    ['ns1 v1 out', udp(50_000, 53, joined(NONCE.subarray(1), hex('00 00')))],
    ['ns1 v1 out', udp(50_000, 53, mark)],
    ['ns2 v2 in', between(9, 2, udp(1234, 5353, mark))],
    ['ns2 v2 out', between(2, 9, udp(5353, 1234, hex('00')))],
    ['ns2 v2 out', between(2, 9, udp(5353, 1235, hex('00')))],
    ['ns1 v1 in', between(2, 1, udp(53, 50_000, mark))], // an echo
    ['ns1 v1 in', unreachable(udp(50_000, 53, mark).subarray(0, 28))],
  );
  expect(own(UDP, seen)).toEqual([
    'ns1 v1 out request 2 packet',
    'ns2 v2 in request 2 packet',
    'ns2 v2 out reply 2 packet',
    'ns1 v1 in reply 2 packet',
    'ns1 v1 in request 2 error',
  ]);
});

/** 10.0.0.ASKER looks for 10.0.0.TARGET. */
function whoHas(asker: number, target: number): Uint8Array {
  return joined(
    hex('aa bb cc 00 00 02 aa bb cc 00 00 01 08 06'),
    ARP_WHO_HAS.subarray(0, 17),
    Uint8Array.of(asker),
    ARP_WHO_HAS.subarray(18, 27),
    Uint8Array.of(target),
  );
}

const { ethernet } = LINK_TYPE;

test('recognise() counts the ARP requests that its packets need, each for its leg', () => {
  const seen = captured(
    ['ns1 v1 out', whoHas(1, 4), ethernet], // the sender, before its first packet
    ['host p1 in', whoHas(1, 4), ethernet],
    ['host p2 out', whoHas(1, 4), ethernet],
    ['ns9 v9 out', whoHas(9, 8), ethernet], // nothing of ours has been there
    ['ns1 v1 out', echo('request', PATTERN)],
    ['router r1 in', echo('request', PATTERN)],
    ['router r2 out', whoHas(4, 2), ethernet], // on the way
    ['ns2 v2 in', whoHas(4, 2), ethernet],
    ['ns2 v2 in', echo('request', PATTERN)],
    ['ns2 v2 out', whoHas(2, 4), ethernet], // it has arrived: for the answer
    ['ns2 v2 out', between(2, 1, echo('reply', PATTERN))],
    ['router r1 out', whoHas(4, 1), ethernet],
  );
  expect(own(ICMP, seen).filter((line) => line.endsWith('resolution'))).toEqual([
    'ns1 v1 out request 1 resolution',
    'host p1 in request 1 resolution',
    'host p2 out request 1 resolution',
    'router r2 out request 1 resolution',
    'ns2 v2 in request 1 resolution',
    'ns2 v2 out reply 1 resolution',
    'router r1 out request 1 resolution',
  ]);
});

test('recognise() leaves out gratuitous ARP and probes for duplicates', () => {
  const seen = captured(
    ['ns1 v1 out', whoHas(1, 1), ethernet],
    ['ns1 v1 out', joined(whoHas(1, 2).subarray(0, 28), new Uint8Array(4), whoHas(1, 2).subarray(32)), ethernet],
  );
  expect(own(ICMP, seen)).toEqual([]);
});

test('recognise() adds the way out by lo, which libpcap does not show', () => {
  expect(own(ICMP, captured(['ns1 lo in', echo('request', PATTERN)]))).toEqual([
    'ns1 lo out request 1 packet',
    'ns1 lo in request 1 packet',
  ]);
});
