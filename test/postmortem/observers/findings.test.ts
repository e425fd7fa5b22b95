import { describe, expect, test } from 'vitest';
import { TCP_FLAG } from '../../../src/wire/fields.ts';
import { LINK_TYPE } from '../../../src/wire/link-type.ts';
import { joined, withByte } from '../../helpers/hex.ts';
import { observe, type Seen } from '../../helpers/observe.ts';
import {
  addressBytes,
  arpReply,
  arpRequest,
  dns,
  echo,
  echoReply,
  icmp,
  icmpv6,
  ip,
  ipv4,
  tcp,
  udp,
  words,
} from '../../helpers/packets.ts';

const A = '10.0.0.1';
const B = '10.0.0.2';
const R = '10.0.0.254';
const PUBLIC = '203.0.113.9';
const UDP = 17;
const A6 = 'fd00::1';
const B6 = 'fd00::2';

/** A frame a second. */
function everySecond(...frames: readonly Uint8Array[]): readonly Seen[] {
  return frames.map((frame, at) => ({ frame, at }));
}

/** Frames at times, in pairs. */
function timed(...pairs: readonly (readonly [at: number, frame: Uint8Array])[]): readonly Seen[] {
  return pairs.map(([at, frame]) => ({ at, frame }));
}

/** An ICMP error from `reporter` to `A` about a packet. */
function error(reporter: string, type: number, code: number, quoted: Uint8Array): Uint8Array {
  return icmp(reporter, A, type, code, joined(words(0, 0), quoted));
}

function quotedUdp(port: number): Uint8Array {
  return ipv4(A, B, UDP, words(40_000, port, 12, 0, 0, 0));
}

function solicitation(source: string, target: string): Uint8Array {
  return icmpv6(source, 'ff02::1:ff00:2', 135, joined(words(0, 0), addressBytes(target)));
}

function advertisement(target: string): Uint8Array {
  return icmpv6(target, A6, 136, joined(words(0x6000, 0), addressBytes(target)));
}

function fragment(offset: number, bytes: number, moreFragments: boolean): Uint8Array {
  return ip(A, B, UDP, new Uint8Array(bytes), { id: 77, fragmentOffset: offset, moreFragments });
}

/** The same packet, a router later each time. */
function falling(...ttls: readonly number[]): readonly Seen[] {
  return ttls.map((ttl, index) => ({ frame: echo(A, PUBLIC, 1, { ttl, id: 9 }), at: index / 1000 }));
}

function copies(count: number, frame: Uint8Array): readonly Seen[] {
  return Array.from({ length: count }, (_, index) => ({ frame, at: index / 1000 }));
}

const SYN = tcp('192.168.7.7', PUBLIC, 40_000, 443, { flags: TCP_FLAG.syn }, { ttl: 63 });
const SYN_AGAIN = tcp('192.168.7.7', PUBLIC, 40_000, 443, { flags: TCP_FLAG.syn }, { id: 2, ttl: 63 });
const SYN_ACK = tcp(PUBLIC, '192.168.7.7', 443, 40_000, { flags: TCP_FLAG.syn | TCP_FLAG.ack });
const QUERY = udp(A, B, 40_000, 53, dns(5, 'www.example.org'));
const damagedUdp = (id: number): Uint8Array => withByte(udp(A, B, 1, 2, words(1, 2), { id }), 44, 0xee);

interface Case {
  readonly name: string;
  readonly seen: readonly Seen[];
  readonly until?: number;
  /** Codes with their severity. */
  readonly found: readonly string[];
}

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'arp-unanswered': [
    {
      name: 'three requests in vain',
      seen: everySecond(...Array(3).fill(arpRequest(A, B))),
      found: ['arp-unanswered error'],
    },
    {
      name: 'two requests in vain',
      seen: everySecond(arpRequest(A, B), arpRequest(A, B)),
      found: ['arp-unanswered warning'],
    },
    {
      name: 'a request that is answered',
      seen: everySecond(arpRequest(A, B), arpReply(B, A), arpRequest(A, B), arpReply(B, A)),
      found: [],
    },
    {
      name: 'an answer at the third',
      seen: everySecond(...Array(3).fill(arpRequest(A, B)), arpReply(B, A)),
      found: ['arp-unanswered warning'],
    },
    {
      name: 'requests minutes apart whose answers go past',
      seen: timed([0, arpRequest(A, B)], [60, arpRequest(A, B)], [120, arpRequest(A, B)]),
      found: [],
    },
    {
      name: 'the same request at three devices',
      seen: timed([0, arpRequest(A, B)], [0.001, arpRequest(A, B)], [0.002, arpRequest(A, B)]),
      found: [],
    },
    { name: 'probes for a free address', seen: everySecond(...Array(3).fill(arpRequest('0.0.0.0', A))), found: [] },
    { name: 'announcements', seen: everySecond(...Array(3).fill(arpRequest(A, A))), found: [] },
  ],
  'nd-unanswered': [
    {
      name: 'three solicitations in vain',
      seen: everySecond(...Array(3).fill(solicitation(A6, B6))),
      found: ['nd-unanswered error'],
    },
    {
      name: 'an answered solicitation',
      seen: everySecond(solicitation(A6, B6), advertisement(B6), solicitation(A6, B6), advertisement(B6)),
      found: [],
    },
    { name: 'duplicate address detection', seen: everySecond(...Array(3).fill(solicitation('::', B6))), found: [] },
  ],
  'duplicate-address': [
    {
      name: 'two answers to one question',
      seen: timed([0, arpReply(B, A, '02:00:00:00:00:0a')], [0.001, arpReply(B, A, '02:00:00:00:00:0b')]),
      found: ['duplicate-address error'],
    },
    {
      name: 'an owner that comes back',
      seen: timed(
        [0, arpReply(B, A, '02:00:00:00:00:0a')],
        [5, arpReply(B, A, '02:00:00:00:00:0b')],
        [10, arpReply(B, A, '02:00:00:00:00:0a')],
      ),
      found: ['duplicate-address error'],
    },
    {
      name: 'a probe for an address that has an owner',
      seen: timed(
        [0, arpRequest('0.0.0.0', B, '02:00:00:00:00:0b')],
        [0.001, arpReply(B, '0.0.0.0', '02:00:00:00:00:0a')],
      ),
      found: ['duplicate-address error'],
    },
    {
      name: 'a failover',
      seen: timed(
        [0, arpReply(B, A, '02:00:00:00:00:0a')],
        [5, arpReply(B, A, '02:00:00:00:00:0b')],
        [10, arpReply(B, A, '02:00:00:00:00:0b')],
      ),
      found: [],
    },
    {
      name: 'a probe and the announcement after it',
      seen: timed([0, arpRequest('0.0.0.0', B, '02:00:00:00:00:0b')], [0.5, arpRequest(B, B, '02:00:00:00:00:0b')]),
      found: [],
    },
  ],
  'echo-unanswered': [
    {
      name: 'pings in vain',
      seen: everySecond(echo(A, B, 1), echo(A, B, 2)),
      until: 2,
      found: ['echo-unanswered error'],
    },
    {
      name: 'one of three lost',
      seen: everySecond(echo(A, B, 1), echoReply(B, A, 1), echo(A, B, 2), echo(A, B, 3), echoReply(B, A, 3)),
      found: ['echo-unanswered warning'],
    },
    {
      name: 'a ping at the very end',
      seen: timed([0, echo(A, B, 1)], [0.1, echoReply(B, A, 1)], [1, echo(A, B, 2)]),
      found: [],
    },
    { name: 'a lone ping at the very end', seen: everySecond(echo(A, B, 1)), found: ['echo-unanswered note'] },
    {
      name: 'answered pings, each seen twice',
      seen: timed(
        [0, echo(A, B, 1)],
        [0, echo(A, B, 1, { ttl: 63 })],
        [0.1, echoReply(B, A, 1)],
        [0.1, echoReply(B, A, 1, { ttl: 63 })],
      ),
      until: 5,
      found: [],
    },
    { name: 'a ping to a group', seen: everySecond(echo(A, '224.0.0.1', 1)), until: 5, found: [] },
    {
      name: 'a ping that is refused: only the refusal',
      seen: everySecond(
        echo(A, B, 1),
        error(R, 3, 1, ipv4(A, B, 1, joined(words(0x0800, 0, 7, 1), new Uint8Array(8)))),
      ),
      until: 5,
      found: ['icmp-unreachable error'],
    },
  ],
  'icmp-unreachable': [
    { name: 'host unreachable', seen: everySecond(error(R, 3, 1, quotedUdp(80))), found: ['icmp-unreachable error'] },
    {
      name: 'fragmentation needed once',
      seen: everySecond(error(R, 3, 4, quotedUdp(80))),
      found: ['icmp-unreachable note'],
    },
    {
      name: 'fragmentation needed without end',
      seen: [1, 2, 3, 4, 5].map((at) => ({
        at,
        frame: icmp(R, A, 3, 4, joined(words(0, 1400), quotedUdp(80)), { id: at }),
      })),
      found: ['icmp-unreachable warning'],
    },
    {
      name: 'an answer to a client that has gone',
      seen: everySecond(error(B, 3, 3, quotedUdp(50_000))),
      found: ['icmp-unreachable note'],
    },
    {
      name: 'port unreachable to TCP by who was asked, which is a refused connection',
      seen: everySecond(error(B, 3, 3, ipv4(A, B, 6, words(40_000, 80, 0, 1)))),
      found: [],
    },
    {
      name: 'port unreachable to TCP by another, which is a firewall',
      seen: everySecond(error(R, 3, 3, ipv4(A, B, 6, words(40_000, 80, 0, 1)))),
      found: ['icmp-unreachable error'],
    },
    {
      name: 'the same error at two devices',
      seen: timed([0, error(R, 3, 1, quotedUdp(80))], [0.001, error(R, 3, 1, quotedUdp(80))]),
      found: ['icmp-unreachable error'],
    },
  ],
  'ttl-exceeded': [
    {
      name: 'by one router',
      seen: everySecond(error(R, 11, 0, ipv4(A, B, 1, words(0x0800, 0, 7, 1)))),
      found: ['ttl-exceeded error'],
    },
    {
      name: 'traceroute by UDP',
      seen: everySecond(error(R, 11, 0, quotedUdp(33_434)), error(R, 11, 0, quotedUdp(33_435))),
      found: ['ttl-exceeded note'],
    },
    { name: 'fragments given up', seen: everySecond(error(B, 11, 1, quotedUdp(80))), found: ['ttl-exceeded error'] },
  ],
  'routing-loop': [
    {
      name: 'a TTL that falls and falls',
      seen: falling(63, 61, 59, 57),
      until: 0,
      found: ['echo-unanswered note', 'routing-loop error'],
    },
    {
      name: 'a loop, seen at two interfaces in turn',
      seen: falling(63, 62, 61, 60, 59, 58).map((seen, index) => ({ ...seen, interfaceId: index % 2 })),
      until: 0,
      found: ['echo-unanswered note', 'routing-loop error'],
    },
    {
      name: 'a loop and the router that tells of it: only the loop',
      seen: [
        ...falling(63, 61, 59),
        { at: 0.1, frame: error(R, 11, 0, ipv4(A, PUBLIC, 1, words(0x0800, 0, 7, 1, 0, 0))) },
      ],
      found: ['routing-loop error'],
    },
    {
      name: 'a router that sends it out where it came in',
      seen: falling(64, 63),
      until: 0,
      found: ['echo-unanswered note'],
    },
    { name: 'traceroute, whose TTL rises', seen: falling(1, 2, 3, 4), until: 0, found: ['echo-unanswered note'] },
  ],
  'l2-loop': [
    { name: 'a broadcast that never ends', seen: copies(30, arpRequest(A, B)), found: ['l2-loop error'] },
    { name: 'a mirror port', seen: copies(3, arpRequest(A, B)), found: [] },
    {
      name: 'a program that sends the same datagram without an id',
      seen: copies(30, udp(A, B, 4000, 4001, words(1), { id: 0 })),
      found: ['one-way note'],
    },
  ],
  'fragment-missing': [
    {
      name: 'the last is missing',
      seen: timed([0, fragment(0, 1480, true)]),
      until: 5,
      found: ['fragment-missing error'],
    },
    {
      name: 'the first is missing',
      seen: timed([0, fragment(1480, 100, false)]),
      until: 5,
      found: ['fragment-missing error'],
    },
    {
      name: 'all came, the last first',
      seen: timed([0, fragment(1480, 100, false)], [0, fragment(0, 1480, true)]),
      until: 5,
      found: [],
    },
  ],
  'bad-checksum': [
    {
      name: 'a damaged datagram among good ones',
      seen: everySecond(udp(A, B, 1, 2), damagedUdp(3), udp(A, B, 1, 2), udp(B, A, 2, 1)),
      found: ['bad-checksum error'],
    },
    {
      name: 'a damaged IPv4 header',
      seen: everySecond(withByte(echo(A, '224.0.0.1', 1), 22, 12), echo(A, '224.0.0.1', 1)),
      found: ['bad-checksum error'],
    },
    {
      name: 'a sender that never computes them',
      seen: everySecond(damagedUdp(1), damagedUdp(2), damagedUdp(3), udp(B, A, 2, 1)),
      found: ['bad-checksum note'],
    },
    {
      name: 'right ones of every protocol',
      seen: everySecond(
        udp(A6, B6, 1, 2),
        udp(B6, A6, 2, 1),
        echo(A, '224.0.0.1', 1),
        SYN,
        SYN_ACK,
        solicitation('::', B6),
      ),
      found: [],
    },
  ],
  'nat-missing': [
    { name: 'a private source and no answer', seen: everySecond(SYN, SYN_AGAIN), found: ['nat-missing warning'] },
    {
      name: 'a private source on its own link, which no router has passed on',
      seen: everySecond(
        tcp('192.168.7.7', PUBLIC, 40_000, 443, { flags: TCP_FLAG.syn }),
        tcp('192.168.7.7', PUBLIC, 40_000, 443, { flags: TCP_FLAG.syn }, { id: 2 }),
      ),
      found: [],
    },
    { name: 'the inner side of a NAT', seen: everySecond(SYN, SYN_AGAIN, SYN_ACK), found: [] },
  ],
  'dns-unanswered': [
    { name: 'a query in vain', seen: everySecond(QUERY), until: 9, found: ['dns-unanswered error'] },
    {
      name: 'an answered query',
      seen: everySecond(QUERY, udp(B, A, 53, 40_000, dns(5, 'www.example.org', { isResponse: true }))),
      until: 9,
      found: [],
    },
    {
      name: 'a query that is refused: only the refusal',
      seen: everySecond(QUERY, error(B, 3, 3, QUERY.subarray(14))),
      until: 9,
      found: ['icmp-unreachable error'],
    },
  ],
  'dns-error': [
    {
      name: 'SERVFAIL',
      seen: everySecond(udp(B, A, 53, 40_000, dns(5, 'a.b', { isResponse: true, rcode: 2 }))),
      found: ['dns-error warning'],
    },
    {
      name: 'NXDOMAIN',
      seen: everySecond(udp(B, A, 53, 40_000, dns(5, 'a.b', { isResponse: true, rcode: 3 }))),
      found: ['dns-error note'],
    },
  ],
  'one-way': [
    { name: 'NTP in vain', seen: everySecond(udp(A, B, 123, 123), udp(A, B, 123, 123)), found: ['one-way error'] },
    {
      name: 'answered NTP',
      seen: everySecond(udp(A, B, 4000, 123), udp(A, B, 4000, 123), udp(B, A, 123, 4000)),
      found: [],
    },
    {
      name: 'syslog, which has no answers',
      seen: everySecond(udp(A, B, 4000, 514), udp(A, B, 4000, 514)),
      found: ['one-way note'],
    },
    {
      name: 'datagrams to a group',
      seen: everySecond(udp(A, '239.1.1.1', 4000, 5000), udp(A, '239.1.1.1', 4000, 5000)),
      found: [],
    },
  ],
};

describe.each(Object.entries(CASES))('observersOf() and %s', (_, cases) => {
  test.each(cases)('finds what there is in $name', ({ seen, until, found }) => {
    const findings = observe(seen, until === undefined ? {} : { until });

    expect(findings.map(({ code, severity }) => `${code} ${severity}`).sort()).toEqual(found);
    for (const { frames } of findings)
      for (const { number } of frames) expect(seen[number - 1], `frame ${number}`).toBeDefined();
  });
});

test('echo-unanswered takes no ICMP error for a reply: the way is not there', () => {
  const findings = observe(
    everySecond(
      echo(A, B, 1),
      error(R, 3, 0, ipv4(A, B, 1, joined(words(0x0800, 0, 7, 1), new Uint8Array(8)))),
      echo(A, B, 2),
    ),
    { until: 9 },
  );

  expect(findings.find(({ code }) => code === 'echo-unanswered')).toMatchObject({
    severity: 'warning',
    what: '1 of 2 echo requests from 10.0.0.1 to 10.0.0.2 had neither a reply nor an ICMP error; 1 had an error',
    likely: [],
  });
});

test('echo-unanswered says that only the larger ones are lost, which is no loss by chance', () => {
  const large = (sequence: number) => icmp(A, B, 8, 0, joined(words(7, sequence), new Uint8Array(1400)));
  const small = [echo(A, B, 1), echoReply(B, A, 1)];
  const [finding] = observe(everySecond(...small, large(2), large(3)), { until: 9 });

  expect(finding).toMatchObject({ severity: 'error', about: { ipBytes: 1428 } });
  expect(finding?.what).toMatch(/had no reply: those of 1428 bytes and more$/);
  expect(finding?.likely[0]).toBe('mtu-blackhole');
  const [chance] = observe(everySecond(large(1), ...small.slice(1), large(2), large(3), echoReply(B, A, 3)), {
    until: 9,
  });
  expect(chance?.likely[0]).toBe('tc-drop');
});

test('icmp-unreachable says who answers what to whom, and so which fault', () => {
  const [finding] = observe(everySecond(error(R, 3, 13, quotedUdp(80))));

  expect(finding?.what).toBe('10.0.0.254 answers "Packet filtered" to UDP from 10.0.0.1 to 10.0.0.2 port 80');
  expect(finding?.likely[0]).toBe('firewall-reject');
});

test('a port that is refused by its owner has no listener; by another, it is a firewall', () => {
  const [owner] = observe(everySecond(error(B, 3, 3, quotedUdp(80))));
  const [other] = observe(everySecond(error(R, 3, 3, quotedUdp(80))));

  expect([owner?.likely[0], other?.likely[0]]).toEqual(['no-listener', 'firewall-reject']);
});

test('dns-unanswered says the name that was asked for', () => {
  const [finding] = observe(everySecond(QUERY), { until: 9 });

  expect(finding?.what).toBe('1 query from 10.0.0.1 to name server 10.0.0.2 had no response (www.example.org)');
});

test('dns-unanswered says who answers in place of the silent server', () => {
  const other = [udp(A, R, 40_000, 53, dns(5, 'a.b')), udp(R, A, 53, 40_000, dns(5, 'a.b', { isResponse: true }))];
  const [alone] = observe(everySecond(QUERY), { until: 9 });
  const [helped] = observe(everySecond(QUERY, ...other), { until: 9 });

  expect(alone?.why).toMatch(/Programs wait 5 s and more for each$/);
  expect(helped?.why).toContain(`Name server ${R} answers this client: names are resolved in the end, but late`);
});

test('dns-unanswered says that the answer came from another address of the server', () => {
  const response = (id: number) => udp(R, A, 53, 40_000, dns(id, 'www.example.org', { isResponse: true }));

  expect(observe(everySecond(QUERY, response(5)), { until: 9 })).toMatchObject([
    {
      what: `1 query from ${A} to name server ${B} had answers from another address, ${R}`,
      likely: ['wrong-source'],
    },
  ]);
  expect(observe(everySecond(QUERY, response(6)), { until: 9 })[0]?.what).toContain('had no response');
});

test('echo-unanswered says where the request was seen last, in a capture of all devices', () => {
  const sll2 = (ifindex: number, packetType: number) =>
    joined(
      words(0x0800, 0, 0, ifindex, 1, (packetType << 8) | 6, 0x0200, 0, 1, 0),
      ipv4(A, B, 1, echo(A, B, 1).subarray(34)),
    );
  const seen = timed([0, sll2(3, 0)], [0.001, sll2(4, 4)]);

  const [finding] = observe(seen, { linkType: LINK_TYPE.linuxSll2, until: 5 });

  expect(finding?.what).toBe('1 echo request from 10.0.0.1 to 10.0.0.2 had no reply; seen last leaving by ifindex 4');
});

describe('capture-incomplete', () => {
  test('says that the file breaks off, and after which packet', () => {
    const problem = { message: 'the file ends within a packet', record: 3, offset: 99 };
    const [finding] = observe(everySecond(udp(A, B, 1, 2), udp(B, A, 2, 1)), { problem });

    expect(finding).toMatchObject({ code: 'capture-incomplete', frames: [{ number: 2 }] });
  });

  test('says what the capture lost, and of how many', () => {
    const lossy = {
      linkType: LINK_TYPE.ethernet,
      snapLengthBytes: 0,
      name: 'eth0',
      description: undefined,
      filter: undefined,
      resolution: { base: 10, exponent: 6 },
      offsetSeconds: 0,
      section: 0,
      index: 0,
      statistics: { received: 4n, dropped: 0n, droppedBySystem: 2n, delivered: 2n },
      droppedBefore: 0n,
    } as const;
    const [finding] = observe(everySecond(udp(A, B, 1, 2), udp(B, A, 2, 1)), { interfaces: [lossy] });

    expect(finding?.what).toBe('The capture itself lost 2 packets, 50.0 % of all');
  });

  test('says that one direction is missing, where acknowledgements show that it exists', () => {
    const acks = [1, 2000, 4000].map((ack) => tcp(A, B, 40_000, 80, { flags: TCP_FLAG.ack, ack }));

    expect(observe(everySecond(...acks)).map(({ code }) => code)).toEqual(['capture-incomplete']);
    const other = tcp(B, A, 80, 40_000, { flags: TCP_FLAG.ack, seq: 1 });
    expect(observe(everySecond(...acks, other))).toEqual([]);
  });

  test('says that headers are cut by the snap length', () => {
    const cut = [{ frame: SYN.subarray(0, 40), at: 0, originalBytes: SYN.length }];

    expect(observe(cut)).toMatchObject([{ code: 'capture-incomplete', severity: 'warning' }]);
  });

  test('makes a note of it where only options of TCP are cut: the rest is there and was looked at', () => {
    const syn = tcp(A, B, 40_000, 80, { flags: TCP_FLAG.syn, payload: new Uint8Array(20) });
    const cut = [{ frame: withByte(syn, 46, 0xa0).subarray(0, 64), at: 0, originalBytes: syn.length }];

    expect(observe(cut)).toMatchObject([{ code: 'capture-incomplete', severity: 'note' }]);
  });
});

test('icmp-unreachable suspects a translation where the very address that was asked says that it cannot be reached', () => {
  const likely = (reporter: string) => observe(everySecond(error(reporter, 3, 1, quotedUdp(80))))[0]?.likely[0];

  expect([likely(B), likely(R)]).toEqual(['dnat-wrong', 'link-down']);
});

test('every observer answers, however short a packet was cut', () => {
  const whole = [
    arpReply(B, A),
    QUERY,
    error(B, 3, 3, quotedUdp(80)),
    solicitation(A6, B6),
    fragment(0, 80, true),
    SYN,
  ];
  for (const frame of whole)
    for (let bytes = 0; bytes < frame.length; bytes++)
      expect(() =>
        observe([{ frame: Uint8Array.from(frame.subarray(0, bytes)), at: 0, originalBytes: frame.length }]),
      ).not.toThrow();
});
