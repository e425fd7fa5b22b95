import { expect, test } from 'vitest';
import type { Finding } from '../../../src/postmortem/finding.ts';
import { withOtherPoints } from '../../../src/postmortem/points/elsewhere.ts';
import { PACKET_TYPE, TCP_FLAG } from '../../../src/wire/fields.ts';
import { joined } from '../../helpers/hex.ts';
import { arpRequest, echo, echoReply, tcp, udp, words } from '../../helpers/packets.ts';
import { finding } from '../../report/example-analyses.ts';
import { match, type Seen } from './at-points.ts';

const [A, B] = ['10.0.1.1', '10.0.2.1'] as const;
const request = (ttl: number, sequence = 1) => echo(A, B, sequence, { ttl, id: sequence });
const unrelated = udp('10.9.0.1', '10.9.0.2', 4000, 5000);
const reply = (ttl: number, sequence = 1) => echoReply(B, A, sequence, { ttl, id: 90 + sequence });

function unanswered(capture: number, different: Partial<Finding> = {}): Finding {
  const confirm = `Capture at ${B} at the same time`;
  return finding({
    code: 'echo-unanswered',
    confirm,
    frames: [{ capture, number: 1, timestampNs: 0n }],
    ...different,
  });
}

function told(findings: readonly Finding[], a: readonly Seen[], b: readonly Seen[]): readonly Finding[] {
  return withOtherPoints(findings, match({ name: 'a', seen: a }, { name: 'b', seen: b }));
}

test('withOtherPoints() says that the answers left, and between which points they died', () => {
  const found = told(
    [unanswered(0)],
    [[0, request(64)]],
    [
      [50, request(63)],
      [80, reply(64)],
    ],
  );

  expect(found).toMatchObject([
    {
      why: expect.stringContaining('b saw the requests, and answers to them, of which none came to a'),
      cannotTell: expect.stringContaining('another way'),
      seenAt: { place: 'b', leg: 'reply' },
    },
  ]);
  expect(found[0]?.confirm).not.toContain('Capture');
});

test('withOtherPoints() says that they passed every point, and tells it once', () => {
  const found = told([unanswered(1), unanswered(0)], [[0, request(64)]], [[50, request(63)]]);

  expect(found).toMatchObject([
    {
      frames: [{ capture: 0 }],
      why: expect.stringContaining('seen at a and b alike'),
      seenAt: { place: 'b', leg: 'request' },
    },
  ]);
});

test('withOtherPoints() says that the other capture, of the same time, saw none of them', () => {
  const found = told(
    [unanswered(0)],
    [
      [0, request(64)],
      [4000, request(64, 2)],
    ],
    [
      [1000, unrelated],
      [2000, unrelated],
    ],
  );

  expect(found).toMatchObject([
    { cannotTell: expect.stringContaining('none of them was seen there'), seenAt: { place: 'a', leg: 'request' } },
  ]);
});

test('withOtherPoints() leaves the advice to capture elsewhere where nobody did at that time', () => {
  const findings = [unanswered(0)];

  expect(told(findings, [[0, request(64)]], [[9_000_000, unrelated]])).toEqual(findings);
  expect(withOtherPoints(findings, undefined)).toBe(findings);
});

test('withOtherPoints() follows the one that was lost, where others were answered', () => {
  const found = told(
    [unanswered(0)],
    [
      [0, request(64, 1)],
      [1000, request(64, 2)],
      [1090, reply(63, 2)],
    ],
    [
      [1050, request(63, 2)],
      [1080, reply(64, 2)],
    ],
  );

  expect(found).toMatchObject([{ confirm: expect.stringContaining('seen last at a'), cannotTell: undefined }]);
});

test('withOtherPoints() takes what the server calls half open for the connection that the client got no answer to', () => {
  const both = [unanswered(0, { code: 'syn-unanswered' }), unanswered(1, { code: 'half-open' })];
  const found = told(
    both,
    [[0, request(64)]],
    [
      [50, request(63)],
      [80, reply(64)],
    ],
  );

  expect(found.map(({ code }) => code)).toEqual(['syn-unanswered']);
});

test.each([
  ['between the points, where the first was seen last', [], 'between a and b: they are lost there'],
  ['beyond the last, where all of them passed', [[1050, request(63, 2)] as const], 'between a and b nothing is lost'],
])('withOtherPoints() says of what was sent again that it is lost %s', (_, also, confirm) => {
  const again = [unanswered(0, { code: 'retransmission', frames: [{ capture: 0, number: 2, timestampNs: 0n }] })];
  const found = told(
    again,
    [
      [0, request(64, 1)],
      [1000, request(64, 2)],
    ],
    [[50, request(63, 1)], ...also],
  );

  expect(found).toMatchObject([{ code: 'retransmission', confirm: expect.stringContaining(confirm) }]);
});

test('withOtherPoints() makes a note of answers that take another way and arrive', () => {
  const found = withOtherPoints(
    [unanswered(1, { about: { kind: 'icmp', source: A, destination: B, port: undefined } })],
    match(
      {
        name: 'a',
        seen: [
          [0, request(64)],
          [200, reply(62)],
        ],
      },
      { name: 'there', seen: [[50, request(63)]] },
      {
        name: 'b',
        seen: [
          [80, request(62)],
          [100, reply(64)],
        ],
      },
      { name: 'back', seen: [[150, reply(63)]] },
    ),
  );

  expect(found).toMatchObject([
    {
      code: 'one-way',
      severity: 'note',
      what: `The answers of ${B} to ${A} do not come by there: requests were seen at a, there, b, answers at b, back, a`,
    },
  ]);
});

test('withOtherPoints() suspects what follows connections, where answers take another way and do not arrive', () => {
  const found = withOtherPoints(
    [unanswered(0)],
    match(
      { name: 'a', seen: [[0, request(64)]] },
      { name: 'there', seen: [[50, request(63)]] },
      {
        name: 'b',
        seen: [
          [80, request(62)],
          [100, reply(64)],
        ],
      },
      { name: 'back', seen: [[150, reply(63)]] },
    ),
  );

  expect(found).toMatchObject([
    {
      code: 'echo-unanswered',
      why: expect.stringContaining('back only answers to them, of which none came to a.'),
      likely: expect.arrayContaining(['conntrack-invalid']),
      seenAt: { place: 'back', leg: 'reply' },
    },
  ]);
  expect(found[0]?.likely[0]).toBe('conntrack-invalid');
});

test('withOtherPoints() knows the answers that came by another device of the asker', () => {
  const asked = unanswered(0, { about: { kind: 'icmp', source: A, destination: B, port: undefined } });
  const found = told([asked], [[0, request(64)]], [[90, reply(62)]]);

  expect(found).toMatchObject([
    {
      what: `The answers of ${B} to ${A} (ICMP) were seen at b, and none came to a`,
      likely: expect.arrayContaining(['rp-filter']),
      seenAt: { place: 'b', leg: 'reply' },
    },
  ]);
});

test('withOtherPoints() follows the answers to where they were seen last, the asker or not', () => {
  const found = withOtherPoints(
    [unanswered(0)],
    match(
      { name: 'a', seen: [[0, request(64)]] },
      { name: 'b', seen: [[50, request(63)]] },
      { name: 'far', seen: [[80, reply(64)]] },
      { name: 'home', seen: [[130, reply(63)]] },
    ),
  );

  expect(found).toMatchObject([{ seenAt: { place: 'home', leg: 'reply' } }]);
});

const syn = tcp(A, B, 4000, 80, { flags: TCP_FLAG.syn }, { id: 5 });
const rst = tcp(B, A, 80, 4000, { flags: TCP_FLAG.rst | TCP_FLAG.ack, ack: 2 }, { id: 6 });
const refused = unanswered(0, {
  code: 'connection-refused',
  frames: [{ capture: 0, number: 2, timestampNs: 0n }],
  likely: ['no-listener', 'firewall-reject'],
});

test('withOtherPoints() blames what is between for a refusal of which the server, captured too, knows nothing', () => {
  const found = told(
    [refused],
    [
      [0, syn],
      [10, rst],
    ],
    [],
  );

  expect(found).toMatchObject([
    { likely: ['firewall-reject', 'no-listener'], confirm: 'Between a and b: nft list ruleset; iptables-save' },
  ]);
});

test('withOtherPoints() leaves a refusal alone that the server was seen to send', () => {
  const found = told(
    [refused],
    [
      [0, syn],
      [90, rst],
    ],
    [
      [40, syn],
      [50, rst],
    ],
  );

  expect(found).toEqual([refused]);
});

const any = { file: 'any.pcap', packetType: PACKET_TYPE.host } as const;

test('withOtherPoints() says that a machine swallows what came in and left by none of its devices', () => {
  const found = withOtherPoints(
    [unanswered(0, { about: { kind: 'icmp', source: A, destination: B, port: undefined }, likely: ['icmp-ignored'] })],
    match({ name: 'port', ...any, seen: [[0, request(64)]] }, { name: 'bridge', ...any, seen: [[1, request(64)]] }),
  );

  expect(found).toMatchObject([
    {
      why: expect.stringContaining('They came in by bridge (seen at port and bridge), and left that machine by none'),
      likely: ['firewall-drop', 'forwarding-off', 'no-route', 'rp-filter', 'icmp-ignored'],
      seenAt: { place: 'bridge', leg: 'request' },
    },
  ]);
});

test('withOtherPoints() blames what is behind a machine for what it was seen to pass on', () => {
  const found = withOtherPoints(
    [unanswered(0)],
    match(
      { name: 'in', ...any, seen: [[0, request(64)]] },
      { name: 'out', ...any, packetType: PACKET_TYPE.outgoing, seen: [[20, request(63)]] },
    ),
  );

  expect(found[0]?.why).toContain('something behind out drops them');
});

test('withOtherPoints() sends nobody to another segment for the ARP that is unanswered here', () => {
  const asked = unanswered(0, {
    code: 'arp-unanswered',
    about: { kind: 'neighbour', source: A, destination: B, port: undefined },
  });
  const found = told(
    [asked],
    [
      [0, arpRequest(A, B)],
      [2000, arpRequest(A, B)],
    ],
    [[1000, unrelated]],
  );

  expect(found).toMatchObject([
    {
      confirm: asked.confirm,
      cannotTell: 'Whether b, captured at the same time, should have seen them: only if it is on the same segment',
    },
  ]);
});

test('withOtherPoints() suspects the ends of the tunnel, where a question was last seen within VXLAN', () => {
  const head = words(0x0800, 0, 0, 42 << 8);
  const wrapped = udp('172.16.0.1', '172.16.0.2', 50_000, 4789, joined(head, request(64)), { id: 9 });
  const found = told([unanswered(0, { likely: ['no-route'] })], [[0, request(64)]], [[50, wrapped]]);

  expect(found).toMatchObject([
    {
      why: expect.stringContaining('At b they were still within VXLAN'),
      likely: ['vxlan-vni-mismatch', 'vxlan-port-mismatch', 'vxlan-wrong-remote', 'no-route'],
      seenAt: { place: 'b', leg: 'request' },
    },
  ]);
});

test('withOtherPoints() names the server that a load balancer sent the question to', () => {
  const [live, dead] = ['10.0.2.11', '10.0.2.13'] as const;
  const connect = (to: string, port: number, ttl: number) =>
    tcp(A, to, port, 80, { flags: TCP_FLAG.syn, seq: port * 1000 }, { id: port, ttl });
  const answer = (from: string, ttl: number) =>
    tcp(from, A, 80, 4001, { flags: TCP_FLAG.syn | TCP_FLAG.ack, seq: 7, ack: 4_001_001 }, { id: 9, ttl });
  const near: readonly Seen[] = [
    [0, connect(B, 4000, 64)],
    [1000, connect(B, 4001, 64)],
    [1200, answer(B, 63)],
    [1_000_000, connect(B, 4000, 64)],
  ];
  const far = (of4000: string): readonly Seen[] => [
    [50, connect(of4000, 4000, 63)],
    [1050, connect(live, 4001, 63)],
    [1150, answer(live, 64)],
    [1_000_050, connect(of4000, 4000, 63)],
  ];
  const asked = unanswered(0, { code: 'syn-unanswered', what: 'no answer', likely: [] });

  expect(told([asked], near, far(dead))).toMatchObject([
    { what: 'no answer; at b sent to 10.0.2.13 port 80', likely: expect.arrayContaining(['dnat-wrong']) },
  ]);
  expect(told([asked], near, far(B))).toMatchObject([{ what: 'no answer' }]);
});

test('withOtherPoints() says between which points a reset was made that its host did not send', () => {
  const packet = (from: string, to: string, ports: readonly [number, number], flags: number, id: number, ttl: number) =>
    tcp(from, to, ...ports, { flags, seq: id, ack: 7 }, { id, ttl });
  const asks = (id: number, ttl: number) => packet(A, B, [4000, 80], TCP_FLAG.ack, id, ttl);
  const says = (id: number, ttl: number) => packet(B, A, [80, 4000], TCP_FLAG.ack, id, ttl);
  const reset = (ttl: number) => packet(B, A, [80, 4000], TCP_FLAG.rst, 30, ttl);
  const near: readonly Seen[] = [
    [0, asks(1, 64)],
    [100, says(20, 63)],
    [1000, reset(63)],
  ];
  const far: readonly Seen[] = [
    [50, asks(1, 63)],
    [60, says(20, 64)],
  ];
  const later: Seen = [5000, says(21, 64)];
  const wasReset = finding({
    code: 'connection-reset',
    what: 'reset',
    likely: ['conntrack-stale', 'firewall-reject'],
    frames: [{ capture: 0, number: 3, timestampNs: 0n }],
  });

  expect(told([wasReset], near, [...far, later])).toMatchObject([
    { what: 'reset; the reset was made between b and a', likely: ['firewall-reject', 'conntrack-stale'] },
  ]);
  expect(told([wasReset], near, [...far, [960, reset(64)], later])).toEqual([wasReset]);
  // That capture had ended by then.
  expect(told([wasReset], near, far)).toEqual([wasReset]);
});
