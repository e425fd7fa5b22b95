import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packetJourney } from '../../../src/postmortem/points/journey.ts';
import { MOST_POINTS } from '../../../src/postmortem/points/match-points.ts';
import { TCP_FLAG } from '../../../src/wire/fields.ts';
import { joined } from '../../helpers/hex.ts';
import { arpRequest, echo, echoReply, type IpOptions, icmp, ip, tcp, udp, words } from '../../helpers/packets.ts';
import { lossesOf, match, matchMaybe, type Seen } from './at-points.ts';

const IGMP = 2;
const [A, B, NAT] = ['10.0.1.1', '10.0.2.1', '192.0.2.1'] as const;
const ROUTER = { ttl: 63 } as const;

const range = (count: number) => Array.from({ length: count }, (_, at) => at);
const every = (microseconds: number, frames: readonly Uint8Array[], begin = 0): readonly Seen[] =>
  frames.map((frame, at) => [begin + at * microseconds, frame]);
const payload = (first: number, bytes = 32) => new Uint8Array(bytes).fill(first);
const numbered = (at: number, options: IpOptions = {}, source: string = A) =>
  udp(source, B, 4000, 5000, payload(at), { id: 0, ...options });

describe('matchPoints() takes packets for the same', () => {
  test.each([
    ['with one TTL less', (at: number) => numbered(at), (at: number) => numbered(at, ROUTER)],
    ['translated by SNAT', (at: number) => numbered(at), (at: number) => numbered(at, ROUTER, NAT)],
    ['in a VLAN', (at: number) => numbered(at), (at: number) => inVlan(numbered(at))],
    ['in VXLAN', (at: number) => numbered(at), (at: number) => inVxlan(numbered(at))],
    [
      'echoes whose id was translated',
      (at: number) => echo(A, B, at, { id: at }),
      (at: number) => withEchoId(echo(NAT, B, at, { ...ROUTER, id: at }), 99),
    ],
    ['TCP segments', (at: number) => segment(at * 100), (at: number) => segment(at * 100, 100, { ...ROUTER })],
    [
      'IPv6',
      (at: number) => udp('2001:db8::1', '2001:db8:1::1', 1, 2, payload(at)),
      (at: number) => udp('2001:db8::1', '2001:db8:1::1', 1, 2, payload(at), ROUTER),
    ],
  ])('%s', (_, before, after) => {
    const { analysis } = match(
      { name: 'a', seen: every(1000, range(10).map(before)) },
      { name: 'b', seen: every(1000, range(10).map(after), 50) },
    );

    expect(analysis.hops).toMatchObject([{ from: 0, to: 1, seen: 10, passed: 10, lost: 0, unknown: 0, duplicated: 0 }]);
    expect(analysis.hops[0]?.delay).toEqual({ leastNs: 50_000, medianNs: 50_000, mostNs: 50_000 });
    expect(analysis.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  });

  test('whose bytes came in other TCP segments: offloads cut and join them', () => {
    const small = range(6).map((at) => segment(1 + at * 100, 100, { ...ROUTER, id: 50 + at }));
    const handshake = segment(0, 0, { id: 7 });
    const { analysis } = match(
      { name: 'a', seen: every(1000, [handshake, segment(1, 600, { id: 8 })]) },
      { name: 'b', seen: every(10, [segment(0, 0, { id: 7, ttl: 63 }), ...small], 50) },
    );

    expect(analysis.losses).toEqual([]);
  });

  test('that were cut into fragments on the way', () => {
    const whole = udp(A, B, 4000, 5000, payload(1, 64), { id: 77 });
    const datagram = whole.subarray(34);
    const fragments = [
      ip(A, B, 17, datagram.subarray(0, 40), { id: 77, moreFragments: true, ttl: 63 }),
      ip(A, B, 17, datagram.subarray(40), { id: 77, fragmentOffset: 40, ttl: 63 }),
    ];
    const other = (ttl: number) => udp(A, B, 4000, 5000, payload(2), { id: 78, ttl });
    const both = match(
      { name: 'a', seen: every(1000, [other(64), whole]) },
      { name: 'b', seen: every(1000, [other(63), ...fragments], 50) },
    );
    const oneOnly = match(
      { name: 'a', seen: every(1000, [other(64), whole]) },
      { name: 'b', seen: every(1000, [other(63), ...fragments.slice(1)], 50) },
    );

    expect(lossesOf(both)).toEqual([]);
    expect(lossesOf(oneOnly)).toEqual([['a', 'b', 1, '92 bytes and more']]);
  });
});

test('matchPoints() reports as lost exactly what never came to the next point, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 38 }), { maxLength: 20 }),
      fc.constantFrom(A, NAT),
      fc.constantFrom(64, 63),
      (removed, source, ttl) => {
        const sent = range(40).map((at) => numbered(at));
        const came = every(
          1000,
          range(40).map((at) => numbered(at, { ttl }, source)),
          50,
        ).filter((_, at) => !removed.includes(at));
        const { analysis } = match({ name: 'a', seen: every(1000, sent) }, { name: 'b', seen: came });

        const lost = analysis.losses.reduce((sum, { packets }) => sum + packets, 0);
        expect(lost).toBe(removed.length);
        if (removed.length > 0) {
          expect(analysis.losses[0]?.first.number).toBe(Math.min(...removed) + 1);
          expect(analysis.losses.at(-1)?.last.number).toBe(Math.max(...removed) + 1);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('matchPoints() tells which of identical packets are lost by their times', () => {
  const same = (ttl: number) => udp(A, B, 4000, 5000, payload(1), { id: 0, ttl });
  const came = every(
    1000,
    range(20).map(() => same(63)),
    50,
  ).filter((_, at) => at !== 7 && at !== 12);
  const { analysis } = match(
    {
      name: 'a',
      seen: every(
        1000,
        range(20).map(() => same(64)),
      ),
    },
    { name: 'b', seen: came },
  );

  expect(analysis.losses).toMatchObject([{ packets: 2, first: { number: 8 }, last: { number: 13 } }]);
});

describe('matchPoints() says what the lost ones have in common', () => {
  test.each([
    [
      'UDP to port 9999',
      (at: number, options: IpOptions) =>
        udp(A, B, 4000, at % 4 === 0 ? 9999 : 5000, payload(at), { id: 0, ...options }),
      (at: number) => at % 4 === 0,
    ],
    [
      '540 bytes and more',
      (at: number, options: IpOptions) =>
        udp(A, B, 4000, 5000, payload(at, at % 5 === 2 ? 512 : 40), { id: 0, ...options }),
      (at: number) => at % 5 === 2,
    ],
    [
      'between 01:00:00.005 and 01:00:00.009',
      (at: number, options: IpOptions) => numbered(at, options),
      (at: number) => at >= 5 && at < 10,
    ],
    [undefined, (at: number, options: IpOptions) => numbered(at, options), (at: number) => [3, 11, 17].includes(at)],
  ])('%s', (common, packet, isLost) => {
    const came = every(
      1000,
      range(20).map((at) => packet(at, ROUTER)),
      50,
    ).filter((_, at) => !isLost(at));
    const matched = match(
      {
        name: 'a',
        seen: every(
          1000,
          range(20).map((at) => packet(at, {})),
        ),
      },
      { name: 'b', seen: came },
    );

    expect(lossesOf(matched)).toEqual([['a', 'b', range(20).filter(isLost).length, common]]);
  });
});

describe('matchPoints() calls nothing lost', () => {
  const sent = range(10).map((at) => numbered(at));
  const came = range(10).map((at) => numbered(at, ROUTER));
  const some = every(1000, came, 50).filter((_, at) => at !== 4);

  test('where the capture dropped packets by its own account', () => {
    const { analysis } = match({ name: 'a', seen: every(1000, sent) }, { name: 'b', seen: some, dropped: 3 });

    expect(analysis.losses).toEqual([]);
    expect(analysis.hops).toMatchObject([{ lost: 0, unknown: 1 }]);
    expect(analysis.doubts).toEqual(new Map([['dropped', 1]]));
  });

  test('that a later point saw', () => {
    const { analysis } = match(
      { name: 'a', seen: every(1000, sent) },
      { name: 'b', seen: some },
      {
        name: 'c',
        seen: every(
          1000,
          range(10).map((at) => numbered(at, { ttl: 62 })),
          90,
        ),
      },
    );

    expect(analysis.points.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(analysis.losses).toEqual([]);
    expect(analysis.hops[0]).toMatchObject({ from: 0, to: 1, lost: 0, unknown: 1 });
  });

  test('that was answered: an echo with its reply', () => {
    const requests = range(6).map((at) => echo(A, B, at, { id: at }));
    const replies = range(6).map((at) => echoReply(B, A, at, { id: 100 + at }));
    const atB = every(
      1000,
      range(6).map((at) => echo(A, B, at, { ...ROUTER, id: at })),
      50,
    ).filter((_, at) => at !== 3);
    const { analysis } = match(
      { name: 'a', seen: [...every(1000, requests), ...every(1000, replies, 100)].sort(([x], [y]) => x - y) },
      { name: 'b', seen: atB },
    );

    expect(analysis.losses).toEqual([]);
    expect(analysis.doubts).toEqual(new Map([['answered', 1]]));
  });

  test('that was acknowledged, and of TCP only what was not', () => {
    const ack = (to: number) => tcp(B, A, 80, 4000, { flags: TCP_FLAG.ack, seq: 1, ack: to }, { id: to });
    const data = (at: number, options: IpOptions = {}) => segment(1 + at * 100, 100, { id: at + 1, ...options });
    const sentData = every(
      1000,
      range(6).map((at) => data(at)),
    );
    const atB = every(
      1000,
      range(6).map((at) => data(at, ROUTER)),
      50,
    ).filter((_, at) => at !== 2 && at !== 5);
    const matched = match({ name: 'a', seen: [...sentData, [5500, ack(501)] as const] }, { name: 'b', seen: atB });

    expect(matched.analysis.doubts).toEqual(new Map([['answered', 1]]));
    expect(matched.analysis.losses).toMatchObject([{ packets: 1, first: { number: 6 } }]);
  });

  test('whose way does not lead by the other point', () => {
    const elsewhere = range(5).map((at) => udp(A, '10.9.9.9', 1, 2, payload(at), { id: 0 }));
    const matched = match(
      { name: 'a', seen: [...every(1000, sent), ...every(1000, elsewhere, 20_000)] },
      { name: 'b', seen: every(1000, came, 50) },
    );

    expect(lossesOf(matched)).toEqual([]);
  });

  test('where a router sent the packet back by the device that it came in by', () => {
    const onAStick = every(1000, sent).flatMap(([at, frame], number): readonly Seen[] => [
      [at, frame],
      [at + 20, numbered(number, ROUTER)],
    ]);
    const matched = match({ name: 'stick', seen: onAStick }, { name: 'b', seen: every(1000, came, 50) });

    expect(lossesOf(matched)).toEqual([]);
  });
});

test('matchPoints() finds the order of the points, however they were named', () => {
  const at = (ttl: number, begin: number) =>
    every(
      1000,
      range(5).map((number) => numbered(number, { ttl })),
      begin,
    );
  const { analysis } = match(
    { name: 'last', seen: at(62, 80) },
    { name: 'first', seen: at(64, 0) },
    { name: 'middle', seen: at(63, 40) },
  );

  expect(analysis.points.map(({ name }) => name)).toEqual(['first', 'middle', 'last']);
});

test('matchPoints() takes no ARP for who asks first: either side begins that', () => {
  const asked = range(3).map((at) => echo(A, B, at, { id: at }));
  const arps = range(3).map((at) => arpRequest('10.0.1.254', `10.0.1.${at + 1}`));
  const both = (afterEcho: number, afterArp: number) =>
    [...every(1000, asked, afterEcho), ...every(1000, arps, 10_000 + afterArp)] as const;
  const { analysis } = match({ name: 'router', seen: both(30, 0) }, { name: 'asker', seen: both(0, 30) });

  expect(analysis.points.map(({ name }) => name)).toEqual(['asker', 'router']);
});

test.each([
  ['where some are seen in the same microsecond', [0, 1, 1, 0, 1]],
  ['where a processor was late to take the time', [2, 2, -1, 2, 2]],
])('matchPoints() finds the order by the time, %s', (_, laterBy) => {
  const frames = laterBy.map((_later, at) => numbered(at));
  const asked = frames.map((frame, at): Seen => [at * 1000, frame]);
  const seen = frames.map((frame, at): Seen => [at * 1000 + (laterBy[at] ?? 0), frame]);
  const { analysis } = match({ name: 'server', seen }, { name: 'router', seen: asked });

  expect(analysis.points.map(({ name }) => name)).toEqual(['router', 'server']);
});

test('matchPoints() takes an ICMP error for an answer', () => {
  const refused = (at: number, seen: Uint8Array) =>
    icmp(B, A, 3, 3, joined(words(0, 0), seen.subarray(14, 42)), { id: at });
  const pairs = range(4).map((at) => ({ asked: numbered(at), refused: refused(at, numbered(at)) }));
  const at = (askedAt: number, refusedAt: number) =>
    pairs.flatMap((pair, index): readonly Seen[] => [
      [index * 1000 + askedAt, pair.asked],
      [index * 1000 + refusedAt, pair.refused],
    ]);
  // Of what was asked the two do not say who has it first.
  const { analysis } = match({ name: 'server', seen: at(0, 5) }, { name: 'router', seen: at(0, 9) });

  expect(analysis.points.map(({ name }) => name)).toEqual(['router', 'server']);
});

test('matchPoints() puts the clocks of two hosts right by the packets of both directions', () => {
  const aheadMicroseconds = 3_600_000_000;
  const there = (ttl: number) => range(5).map((at) => echo(A, B, at, { ttl, id: at }));
  const back = (ttl: number) => range(5).map((at) => echoReply(B, A, at, { ttl, id: 100 + at }));
  const { analysis } = match(
    { name: 'a', seen: [...every(1000, there(64)), ...every(1000, back(63), 600)].sort(([x], [y]) => x - y) },
    {
      name: 'b',
      seen: [
        ...every(1000, there(63), aheadMicroseconds + 200),
        ...every(1000, back(64), aheadMicroseconds + 400),
      ].sort(([x], [y]) => x - y),
    },
  );

  expect(analysis.clocks[1]).toEqual({ point: 1, aheadNs: aheadMicroseconds * 1000, driftPpm: 0, by: 'both' });
  expect(analysis.hops.map(({ delay }) => delay?.medianNs)).toEqual([200_000, 200_000]);
  expect(analysis.losses).toEqual([]);
});

test('matchPoints() learns who is who behind NAT, there and back', () => {
  const { analysis } = match(
    {
      name: 'inside',
      seen: every(1000, [
        udp(A, B, 4000, 53, payload(1), { id: 5 }),
        udp(B, A, 53, 4000, payload(2), { id: 6, ttl: 63 }),
      ]),
    },
    {
      name: 'outside',
      seen: every(
        1000,
        [udp(NAT, B, 61000, 53, payload(1), { id: 5, ttl: 63 }), udp(B, NAT, 53, 61000, payload(2), { id: 6 })],
        30,
      ),
    },
  );

  expect([...analysis.rewritings]).toMatchObject([
    { before: '10.0.1.1:4000 > 10.0.2.1:53', after: '192.0.2.1:61000 > 10.0.2.1:53', packets: 1 },
  ]);
});

test('matchPoints() counts copies, and packets that were overtaken', () => {
  const came = every(
    1000,
    range(10).map((at) => numbered(at, ROUTER)),
    50,
  );
  const [, , , fourth, fifth] = came;
  if (fourth === undefined || fifth === undefined) throw new Error('ten were sent');
  const mixed: readonly Seen[] = [
    ...came.slice(0, 3),
    [fourth[0], fifth[1]],
    [fifth[0], fourth[1]],
    ...came.slice(5),
    [9100, numbered(9, ROUTER)],
  ];
  const { analysis } = match(
    {
      name: 'a',
      seen: every(
        1000,
        range(10).map((at) => numbered(at)),
      ),
    },
    { name: 'b', seen: mixed },
  );

  expect(analysis.hops).toMatchObject([{ passed: 10, duplicated: 1, reordered: 1, lost: 0 }]);
  expect(analysis.findings.map(({ code }) => code)).toEqual(['duplicated-between', 'reordered-between']);
});

test('matchPoints() takes slices of one capture for one point, and two points with clocks apart for two', () => {
  const first = every(
    1000,
    range(20).map((at) => numbered(at)),
  );
  const later = (frames: readonly Uint8Array[]) => every(1000, frames, 60_000_000);

  expect(
    matchMaybe(
      { name: 'x', file: 'x.pcap', seen: first },
      { name: 'x1', file: 'x.pcap1', seen: later(range(20).map((at) => numbered(at + 40))) },
    ),
  ).toBeUndefined();
  expect(
    match(
      { name: 'x', file: 'x1.pcap', seen: first },
      { name: 'y', file: 'x2.pcap', seen: later(range(20).map((at) => numbered(at, ROUTER))) },
    ).analysis.points,
  ).toHaveLength(2);
});

test('matchPoints() warns where nothing at all came to the next point, and nobody answered', () => {
  const sent = every(
    1000,
    range(5).map((at) => echo(A, B, at, { id: at })),
  );
  const answers = every(
    1000,
    range(5).map((at) => echoReply(B, A, at, { id: at + 50 })),
    100,
  );
  const warned = match({ name: 'a', seen: sent }, { name: 'b', seen: [] });
  const answered = match({ name: 'a', seen: [...sent, ...answers] }, { name: 'b', seen: [] });

  expect(warned.analysis.findings).toMatchObject([{ code: 'lost-between', severity: 'warning', count: 5 }]);
  expect(answered.analysis.findings).toEqual([]);
});

test('packetJourney() follows one packet, and says what was changed on its way', () => {
  const matched = match(
    {
      name: 'a',
      seen: every(
        1000,
        range(3).map((at) => numbered(at)),
      ),
    },
    {
      name: 'b',
      seen: every(
        1000,
        range(3).map((at) => numbered(at, ROUTER, NAT)),
        70,
      ),
    },
  );

  expect(packetJourney(matched, 1, 2)).toMatchObject([
    { point: 0, frame: { number: 2 }, flow: '10.0.1.1:4000 > 10.0.2.1:5000', ttl: 64, afterNs: 0 },
    { point: 1, frame: { number: 2 }, flow: '192.0.2.1:4000 > 10.0.2.1:5000', ttl: 63, afterNs: 70_000 },
  ]);
  expect(packetJourney(matched, 1, 4)).toBeUndefined();
});

function segment(seq: number, bytes = 100, options: IpOptions = {}): Uint8Array {
  return tcp(A, B, 4000, 80, { flags: TCP_FLAG.ack, seq, ack: 1, payload: payload(seq & 0xff, bytes) }, options);
}

function inVlan(frame: Uint8Array): Uint8Array {
  return joined(frame.subarray(0, 12), words(0x8100, 42), frame.subarray(12));
}

function inVxlan(frame: Uint8Array): Uint8Array {
  return udp('172.16.0.1', '172.16.0.2', 50_000, 4789, joined(words(0x0800, 0, 0, 42 << 8), frame), { id: 9 });
}

/** Another id, as NAT gives it; the checksum is not looked at. */
function withEchoId(frame: Uint8Array, id: number): Uint8Array {
  const changed = Uint8Array.from(frame);
  changed.set(words(id), 14 + 20 + 4);
  return changed;
}

test('matchPoints() does not take the group report of one bridge for that of another, alike to the byte', () => {
  const report = (sourceMac: string) => ip('0.0.0.0', '224.0.0.22', IGMP, new Uint8Array(16), { id: 0, sourceMac });
  const ping = (ttl: number) => echo(A, B, 1, { id: 1, ttl });
  const { analysis } = match(
    {
      name: 'a',
      seen: [
        [0, report('02:00:00:00:00:0a')],
        [1000, ping(64)],
      ],
    },
    {
      name: 'b',
      seen: [
        [1050, ping(63)],
        [400_000, report('02:00:00:00:00:0b')],
      ],
    },
  );

  expect(analysis.hops).toMatchObject([{ seen: 1, delay: { mostNs: 50_000 } }]);
  expect(analysis.findings).toEqual([]);
});

test('matchPoints() says that there are more points than it can match, and matches as many as it can', () => {
  const seen = every(
    100,
    range(5).map((at) => numbered(at)),
  );
  const points = range(MOST_POINTS + 1).map((at) => ({
    name: String.fromCharCode(0x61 + (at % 26)).repeat(1 + at / 26),
    seen,
  }));

  expect(matchMaybe(...points)).toEqual({ kind: 'too-many', points: MOST_POINTS + 1 });
  expect(match(...points.slice(1)).analysis.points).toHaveLength(MOST_POINTS);
});

describe('matchPoints() takes what two devices of one capture show for no loss', () => {
  const handshake = (ttl: number) => segment(0, 0, { id: 1, ttl });
  const last = numbered(9);
  const sawBoth = (missed: Seen, end: Seen) =>
    match(
      { name: 'in', file: 'any.pcap', seen: [[0, handshake(64)], missed] },
      { name: 'out', file: 'any.pcap', seen: [[20, handshake(63)], end] },
    ).analysis;

  test('when the capture ended right then', () => {
    const { losses, doubts } = sawBoth([1000, segment(1, 100, { id: 2 })], [1005, last]);

    expect(losses).toEqual([]);
    expect([...doubts]).toEqual([['ended', 1]]);
  });

  test('when it is an acknowledgement and nothing else', () => {
    const { losses, doubts } = sawBoth([1000, segment(1, 0, { id: 2 })], [500_000, last]);

    expect(losses).toEqual([]);
    expect([...doubts]).toEqual([['acknowledges', 1]]);
  });

  test('except what ended with others of its stream that were lost before', () => {
    const again = [1000, 100_000, 200_000].map((at): Seen => [at, segment(1, 100, { id: at })]);
    const { losses } = match(
      { name: 'in', file: 'any.pcap', seen: [[0, handshake(64)], ...again] },
      {
        name: 'out',
        file: 'any.pcap',
        seen: [
          [20, handshake(63)],
          [199_990, last],
        ],
      },
    ).analysis;

    expect(losses).toMatchObject([{ packets: 3 }]);
  });

  test('but data long before the end is lost', () => {
    expect(sawBoth([1000, segment(1, 100, { id: 2 })], [500_000, last]).losses).toMatchObject([{ packets: 1 }]);
  });
});
