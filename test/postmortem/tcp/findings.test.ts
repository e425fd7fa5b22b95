/**
 * What is said of TCP connections: each finding in a case that fires, and in the nearest that is silent.
 *
 * @module
 */

import { expect, test } from 'vitest';
import type { Finding } from '../../../src/postmortem/finding.ts';
import type { FlowEnd } from '../../../src/postmortem/flows/flow.ts';
import { FlowTracker } from '../../../src/postmortem/flows/flow-tracker.ts';
import { findingText } from '../../../src/postmortem/tcp/finding-texts.ts';
import { joined } from '../../helpers/hex.ts';
import { icmp, ipv4, words } from '../../helpers/packets.ts';
import { captureOf, HANDSHAKE, type Segment } from './conversation.ts';
import { eachPacket } from './marks.ts';

const SYN: Segment = { from: '>', flags: 'S', seq: 0, ack: 0, scale: 2 };
const SYN_ACK: Segment = { from: '<', flags: 'SA', seq: 0, ack: 1, scale: 3 };
const CLOSING: readonly Segment[] = [
  { from: '>', flags: 'FA', seq: 101, ack: 1 },
  { from: '<', flags: 'FA', seq: 1, ack: 102 },
  { from: '>', flags: 'A', seq: 102, ack: 2 },
];

function data(seq: number, bytes = 100): Segment {
  return { from: '>', flags: 'A', seq, ack: 1, bytes };
}

function ack(of: number): Segment {
  return { from: '<', flags: 'A', seq: 1, ack: of };
}

function read(
  segments: readonly Segment[],
  mostFlows?: number,
): {
  readonly findings: readonly Finding[];
  readonly ends: readonly (FlowEnd | undefined)[];
} {
  return conclude(captureOf(segments), mostFlows);
}

function conclude(capture: Uint8Array, mostFlows?: number) {
  const tracker = new FlowTracker(0, 7, mostFlows);
  eachPacket(capture, (fields, number, interfaceId) => tracker.see(fields, number, interfaceId));
  const findings = tracker.conclude();
  return { findings, ends: [...tracker.flows()].map(({ end }) => end) };
}

const firing: readonly (readonly [code: string, severity: string, end: FlowEnd, segments: readonly Segment[]])[] = [
  ['syn-unanswered', 'error', 'unanswered', [SYN, { ...SYN, after: 1e9 }, { ...SYN, after: 2e9 }]],
  ['connection-refused', 'error', 'refused', [SYN, { from: '<', flags: 'RA', seq: 0, ack: 1 }]],
  [
    'connection-reset',
    'warning',
    'reset-by-server',
    [...HANDSHAKE, data(1), { from: '<', flags: 'R', seq: 1, ack: 0 }],
  ],
  ['half-open', 'error', 'half-open', [SYN, SYN_ACK, { ...SYN_ACK, after: 1e9 }, { ...SYN_ACK, after: 2e9 }]],
  ['one-way', 'note', 'open', [data(1), data(101), data(201), data(301)]],
  [
    'mtu-blackhole',
    'error',
    'open',
    [
      ...HANDSHAKE,
      data(1),
      ack(101),
      data(101, 1460),
      ...[0.3e9, 0.6e9, 1.2e9].map((after) => ({ ...data(101, 1460), after })),
    ],
  ],
  ['retransmission', 'note', 'open', [...HANDSHAKE, data(1), { ...data(1), after: 0.3e9 }, ack(101)]],
  [
    // Nothing of the server came after the idle time: not a loss, the connection is dead.
    'retransmission',
    'error',
    'open',
    [
      ...HANDSHAKE,
      data(1),
      ack(101),
      { ...data(101), after: 600e9 },
      ...[0.3e9, 0.6e9, 1.2e9].map((after) => ({ ...data(101), after })),
    ],
  ],
  ['fast-retransmission', 'note', 'open', [...HANDSHAKE, ack(1), data(101), ack(1), ack(1), data(1), ack(201)]],
  ['spurious-retransmission', 'note', 'open', [...HANDSHAKE, data(1), ack(101), data(1)]],
  ['lost-segment', 'note', 'open', [...HANDSHAKE, data(101)]],
  ['out-of-order', 'note', 'open', [...HANDSHAKE, data(101), data(1)]],
  ['duplicate-ack', 'note', 'open', [...HANDSHAKE, ack(1), ack(1)]],
  ['zero-window', 'warning', 'open', [...HANDSHAKE, { ...ack(1), window: 0 }, { ...ack(1), after: 2e9 }]],
  [
    // Closed at the end of the capture, as it has been for five seconds.
    'zero-window',
    'warning',
    'open',
    [...HANDSHAKE, { ...ack(1), window: 0 }, { ...data(0, 0), after: 5e9 }, { ...ack(1), window: 0 }],
  ],
  ['window-full', 'note', 'open', [...HANDSHAKE, { ...ack(1), window: 100 }, data(1, 800)]],
  [
    'keep-alive',
    'warning',
    'open',
    [...HANDSHAKE, data(1), ack(101), ...[75e9, 75e9, 75e9].map((after) => ({ ...data(100, 0), after }))],
  ],
];

test.each(firing)('tcpFindings() says %s, %s', (code, severity, end, segments) => {
  const { findings, ends } = read(segments);
  const finding = findings.find((one) => one.code === code);

  expect(finding).toMatchObject({ code, severity });
  expect(finding?.what).toContain('10.0.0.');
  expect(finding?.frames[0].number).toBeGreaterThan(0);
  expect(ends).toEqual([end]);
});

const silent: readonly (readonly [name: string, segments: readonly Segment[]])[] = [
  ['a connection that is opened, used and closed', [...HANDSHAKE, data(1), ack(101), ...CLOSING]],
  [
    'a SYN at the very end of the capture',
    [...HANDSHAKE, data(1), ack(101), ...CLOSING, { ...SYN, clientPort: 40_001 }],
  ],
  ['a SYN-ACK at the very end of the capture', [SYN, SYN_ACK]],
  [
    'a RST after both have closed',
    [...HANDSHAKE, data(1), ack(101), ...CLOSING, { from: '>', flags: 'R', seq: 102, ack: 0 }],
  ],
  [
    'a RST of a side that has heard the FIN of the other',
    [...HANDSHAKE, { from: '<', flags: 'FA', seq: 1, ack: 1 }, { from: '>', flags: 'R', seq: 1, ack: 0 }],
  ],
  [
    'a keep-alive that is answered',
    [
      ...HANDSHAKE,
      data(1),
      ack(101),
      { ...data(100, 0), after: 75e9 },
      ack(101),
      { ...data(100, 0), after: 75e9 },
      ack(101),
    ],
  ],
  [
    'a keep-alive so soon after an answer that the kernel does not answer it again',
    [...HANDSHAKE, data(1), ack(101), { ...data(100, 0), after: 0.4e9 }, { ...data(100, 0), after: 75e9 }, ack(101)],
  ],
  ['the end of a connection that began before the capture', [data(1), ack(101), ...CLOSING]],
];

test.each(silent)('tcpFindings() is silent about %s', (_, segments) => {
  expect(read(segments).findings).toEqual([]);
});

test('tcpFindings() does not blame the MTU when segments of that size have arrived', () => {
  const arrived = [data(1, 1460), ack(1461)];
  const stuck = [0.3e9, 0.6e9, 1.2e9].map((after) => ({ ...data(1461, 1460), after }));
  const { findings } = read([...HANDSHAKE, ...arrived, data(1461, 1460), ...stuck]);

  expect(findings.map(({ code }) => code)).toEqual(['retransmission']);
});

test('tcpFindings() blames the MTU for less than the SYN allowed, once an ICMP error had it lowered', () => {
  const refused = data(1, 1460);
  const smaller = [0.1e9, 0.3e9, 0.6e9].map((after) => ({ ...data(1, 1300), after }));
  const without = captureOf([...HANDSHAKE, refused, ...smaller]);
  const quoted = ipv4('10.0.0.1', '10.0.0.2', 6, words(40_000, 80, 0, 1001));
  const error = icmp('10.0.0.9', '10.0.0.1', 3, 4, joined(words(0, 1400), quoted));
  // Behind the four packets before it.
  const at = captureOf([...HANDSHAKE, refused]).length;
  const header = Buffer.alloc(16);
  without.copy(header, 0, at, at + 8);
  header.writeUInt32LE(error.length, 8);
  header.writeUInt32LE(error.length, 12);
  const withError = joined(without.subarray(0, at), header, error, without.subarray(at));

  const codes = (bytes: Uint8Array) => conclude(bytes).findings.map(({ code }) => code);
  expect(codes(without)).toEqual(['retransmission']);
  expect(codes(withError)).toContain('mtu-blackhole');
});

test('tcpFindings() blames nobody when each direction has a VLAN of its own, and does when the answer has none', () => {
  const connection = [SYN, { ...SYN, after: 1e9 }, SYN_ACK, { ...data(1, 0), after: 2e9 }];
  const vlan = (segment: Segment) => ({ ...segment, vlan: segment.from === '>' ? 80 : 81 });

  expect(read(connection.map(vlan)).findings).toEqual([]);
  const unanswered = connection.filter(({ from }) => from === '>').map(vlan);
  expect(read([...unanswered.slice(0, 2), vlan({ ...SYN_ACK, clientPort: 7 })]).findings).toMatchObject([
    { code: 'syn-unanswered' },
  ]);
});

test('tcpFindings() tells many pairs of one kind in one sentence', () => {
  const unanswered = Array.from({ length: 20 }, (_, port) => [
    { ...SYN, clientPort: 30_000 + port },
    { ...SYN, clientPort: 30_000 + port, after: 1e9 },
  ]).flat();
  const { findings } = read(unanswered);

  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ code: 'syn-unanswered', count: 20 });
  expect(findings[0]?.what).toBe(
    '10.0.0.1 asked 10.0.0.2 port 80 for 20 connections, and again 20 times: no answer at all',
  );
});

test('findingText() calls half-open connections of many hosts a flood, and those of one host a way that is missing', () => {
  const told = { from: '30 hosts', senders: 30, to: '10.0.0.2', port: ' port 80', count: 300, extra: 0, segments: 300 };

  expect(findingText('half-open', told).what(told)).toMatch(/never confirmed: a flood of SYNs, or a scan$/);
  const one = { ...told, from: '10.0.0.1', senders: 1 };
  expect(findingText('half-open', one).what(one)).toMatch(/never confirmed$/);
});

test('FlowTracker counts a connection between ports that are used again as another flow', () => {
  const first = [...HANDSHAKE, data(1), ack(101), ...CLOSING];
  const second = first.map((segment) => ({
    ...segment,
    seq: segment.from === '>' ? segment.seq + 5000 : segment.seq,
    ack: segment.from === '<' ? segment.ack + 5000 : segment.ack,
  }));

  expect(read([...first, ...second]).ends).toEqual(['closed', 'closed']);
});

test('a flood of SYN that nobody answers is told, also of those that made room for others at once', () => {
  const flood = Array.from({ length: 500 }, (_, port) => ({ ...SYN, clientPort: 1024 + port, after: 1000 }));

  expect(read(flood, 16).findings).toMatchObject([{ code: 'syn-unanswered', count: 500 - 16 }]);
  expect(read(flood).findings).toEqual([]);
});
