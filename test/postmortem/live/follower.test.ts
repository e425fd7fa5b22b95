import { expect, test } from 'vitest';
import { joined } from '../../helpers/hex.ts';
import { addressBytes, arpReply, echo, icmpv6, ip, tcp, udp, words } from '../../helpers/packets.ts';
import { following } from './following.ts';

const [A, B, GATE] = ['10.0.1.1', '10.0.2.1', '203.0.113.1'];
const ACK = 0x10;

test('Follower finds a packet at place after place, and tells it when it has not been seen for the wait', () => {
  const { see, advance, ways, ended } = following([3]);
  see(1, 0, echo(A, B, 1));
  see(2, 1, echo(A, B, 1, { ttl: 63 }));
  see(1, 2, echo(A, B, 2));
  see(3, 3, echo(A, B, 1, { ttl: 63 }));
  advance(201);
  expect(ways()).toEqual([]);
  advance(203);
  expect(ways()).toEqual(['1 2 3', '1']);
  expect(ended.map(({ hasArrived }) => hasArrived)).toEqual([true, false]);
  expect(ended[0]?.timesNs).toEqual([0, 1e6, 3e6]);
});

test('Follower uses a packet that nobody remembers for the next one, which knows nothing of it', () => {
  for (const isKept of [false, true]) {
    const { see, advance, ended, changes } = following([2], isKept);
    see(1, 0, udp(A, B, 4000, 53, words(1, 2)));
    see(2, 1, udp(GATE, B, 61000, 53, words(1, 2), { ttl: 63 }));
    advance(300);
    see(5, 400, echo(A, B, 7));
    advance(700);
    const [first, second] = ended;
    expect(first === second).toBe(!isKept);
    expect(second).toMatchObject({ points: [5], timesNs: [400e6], ttls: [64], hasArrived: false });
    expect(changes(second)).toEqual(['']);
  }
});

test('Follower knows a packet behind an address translation, and what became of it', () => {
  const { see, follower, ways, changes, ended } = following();
  see(1, 0, udp(A, B, 4000, 53, words(1, 2)));
  see(2, 1, udp(GATE, B, 61000, 53, words(1, 2), { ttl: 63 }));
  follower.finish();
  expect(ways()).toEqual(['1 2']);
  expect(changes(ended[0])).toEqual(['', '10.0.1.1:4000 > 10.0.2.1:53 became 203.0.113.1:61000 > 10.0.2.1:53']);
});

test('Follower knows a packet within a tunnel and behind it', () => {
  const inner = echo(A, B, 1);
  const vxlan = (vni: number) =>
    udp('192.0.2.1', '192.0.2.2', 50000, 4789, joined(words(0x0800, 0, 0, vni << 8), inner));
  const { see, follower, ways, changes, ended } = following();
  see(1, 0, inner);
  see(2, 1, vxlan(42));
  see(3, 2, vxlan(42));
  see(4, 3, inner);
  follower.finish();
  expect(ways()).toEqual(['1 2 3 4']);
  expect(changes(ended[0])).toEqual(['', 'in VXLAN 42', '', 'out of the tunnel']);
});

test('Follower takes a datagram and its fragments for one packet, and says where a piece is missing', () => {
  const payload = Uint8Array.from({ length: 40 }, (_, at) => at);
  const whole = udp(A, B, 1000, 2000, payload, { id: 77 }).subarray(34);
  const piece = (from: number, to: number) =>
    ip(A, B, 17, whole.subarray(from, to), { id: 77, fragmentOffset: from, moreFragments: to < whole.length });
  const { see, follower, ways, ended } = following([3]);
  see(1, 0, udp(A, B, 1000, 2000, payload, { id: 77 }));
  see(2, 1, piece(0, 24));
  see(2, 1, piece(24, 48));
  see(3, 2, piece(0, 24));
  follower.finish();
  expect(ways()).toEqual(['1 2 3']);
  expect(ended[0]?.carriedBytes).toEqual([48, 48, 24]);
  expect(ended[0]?.isPartlyLost).toBe(true);
});

test('Follower takes fragments that are put together again for the packet that they were', () => {
  const payload = Uint8Array.from({ length: 40 }, (_, at) => at);
  const whole = udp(A, B, 1000, 2000, payload, { id: 77 }).subarray(34);
  const { see, follower, ways, ended } = following();
  see(1, 0, ip(A, B, 17, whole.subarray(0, 24), { id: 77, moreFragments: true }));
  see(1, 0, ip(A, B, 17, whole.subarray(24), { id: 77, fragmentOffset: 24 }));
  see(2, 1, udp(A, B, 1000, 2000, payload, { id: 77 }));
  follower.finish();
  expect(ways()).toEqual(['1 2']);
  expect(ended[0]?.isPartlyLost).toBe(false);
});

const segment = (seq: number, lengthBytes: number, id = 1) =>
  tcp(A, B, 4000, 80, { flags: ACK, seq, ack: 9, payload: new Uint8Array(lengthBytes) }, { id });

test.each([
  ['anywhere', 1000],
  ['in the upper half of numbers', 3e9],
  ['between the halves', 2 ** 31 - 150],
  ['around the last number', 2 ** 32 - 150],
])(
  'Follower finds the bytes of a segment that offload cuts up, and those of several that it puts together, %s',
  (_, first) => {
    const pieces = [0, 100, 200].map((at) => segment((first + at) % 2 ** 32, 100, at + 1));
    const cut = following([2]);
    cut.see(1, 0, segment(first, 300));
    for (const piece of pieces) cut.see(2, 1, piece);
    cut.follower.finish();
    expect(cut.ways()).toEqual(['1 2']);
    expect(cut.ended[0]).toMatchObject({ isPartlyLost: false, carriedBytes: [300, 300] });
    // Whatever comes behind its last byte is not of it.
    const behind = following([2]);
    behind.see(1, 0, segment(first, 300));
    for (const piece of [...pieces, segment((first + 300) % 2 ** 32, 50)]) behind.see(2, 1, piece);
    behind.follower.finish();
    expect(behind.ways()).toEqual(['1 2', '2']);

    const merged = following([2]);
    for (const piece of pieces) merged.see(1, 0, piece);
    merged.see(2, 1, segment(first, 300));
    merged.follower.finish();
    expect(merged.ways()).toEqual(['1 2', '1 2', '1 2']);
    expect(merged.ended.every(({ isPartlyLost }) => !isPartlyLost)).toBe(true);
  },
);

test('Follower says that a piece of a segment is missing, and takes a segment that is sent again for another packet', () => {
  const { see, follower, ways, ended } = following([2]);
  see(1, 0, segment(1000, 300));
  see(2, 1, segment(1000, 100));
  see(1, 50, segment(1000, 300, 2));
  follower.finish();
  expect(ways()).toEqual(['1 2', '1']);
  expect(ended[0]?.isPartlyLost).toBe(true);
});

test('Follower tells packets apart that are alike to the byte, the oldest first', () => {
  const { see, advance, ways } = following([2]);
  const same = udp(A, B, 1, 2, words(5), { id: 0 });
  for (const at of [0, 1, 2]) see(1, at, same);
  for (const at of [3, 4]) see(2, at, same);
  advance(1000);
  see(1, 1001, same);
  see(2, 1002, same);
  advance(2000);
  expect(ways()).toEqual(['1 2', '1 2', '1', '1 2']);
});

test('Follower knows a packet that comes to the same place again by its TTL, and keeps no endless list', () => {
  const { see, follower, ended } = following();
  for (let ttl = 200; ttl > 0; ttl--) see(ttl % 2, (200 - ttl) / 100, echo(A, B, 1, { ttl }));
  follower.finish();
  expect(ended).toHaveLength(1);
  expect(ended[0]).toMatchObject({ moreHops: 136, hasArrived: false });
  expect(ended[0]?.points).toHaveLength(64);
});

test('Follower keeps nothing of what it has told', () => {
  const { see, follower, advance } = following();
  for (let at = 0; at < 10_000; at++) {
    see(1, at, echo(A, B, at & 0xffff, { id: at & 0xffff }));
    advance(at);
    expect(follower.underWay).toBeLessThanOrEqual(201);
  }
});

test('Follower counts what no other place could know again', () => {
  const { see, follower, ways } = following();
  see(1, 0, ip(A, B, 17, words(1)));
  see(1, 0, arpReply(A, B));
  follower.finish();
  expect(ways()).toEqual(['1']);
  expect(follower).toMatchObject({ unmatchable: 1, cut: 1, told: 1 });
});

test('Follower takes a packet for one to all when the kernel says so where it comes in', () => {
  const { see, follower, ended } = following([3]);
  const toSubnet = echo(A, '10.0.2.255', 1);
  see(1, 0, toSubnet, 4);
  see(2, 1, toSubnet, 1);
  see(3, 2, echo(A, B, 2), 0);
  follower.finish();
  expect(ended.map(({ isGroup }) => isGroup)).toEqual([true, false]);
});

test('Follower tells the answers of two routers apart, whose neighbour discovery is alike but for addresses', () => {
  const { see, follower, ways } = following([2, 4]);
  const advertisement = (from: string, to: string) =>
    icmpv6(from, to, 136, joined(words(0xe000, 0), addressBytes(from)));
  see(1, 0, advertisement('2001:db8:1::1', '2001:db8:1::2'));
  see(2, 1, advertisement('2001:db8:1::1', '2001:db8:1::2'));
  see(3, 2, advertisement('2001:db8:2::1', '2001:db8:2::2'));
  see(4, 3, advertisement('2001:db8:2::1', '2001:db8:2::2'));
  follower.finish();
  expect(ways()).toEqual(['1 2', '3 4']);
});
