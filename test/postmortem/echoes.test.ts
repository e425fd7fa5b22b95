import { expect, test } from 'vitest';
import { withEchoes } from '../../src/postmortem/echoes.ts';
import type { Finding } from '../../src/postmortem/finding.ts';
import type { Traffic } from '../../src/postmortem/traffic.ts';
import { finding } from '../report/example-analyses.ts';

const [A, B, C] = ['10.0.0.1', '10.0.0.2', '10.0.0.3'] as const;
const tcp = (source: string, destination: string, port = 80): Traffic => ({ kind: 'tcp', source, destination, port });
const icmp = (source: string, destination: string): Traffic => ({ kind: 'icmp', source, destination, port: undefined });
const arp = (source: string, destination: string): Traffic => ({ ...icmp(source, destination), kind: 'neighbour' });
const seenAt = { place: 'a', leg: 'request' } as const;
const at = (capture: number): Finding['frames'] => [{ capture, number: 1, timestampNs: 0n }];

test.each<[string, Partial<Finding>, Partial<Finding>]>([
  [
    'a ping that goes round and so is not answered',
    { code: 'routing-loop', about: icmp(A, B) },
    { code: 'echo-unanswered', about: icmp(A, B) },
  ],
  [
    'a connection that an ICMP error is about, lost between two points',
    { code: 'icmp-unreachable', about: tcp(A, B) },
    { code: 'lost-between', about: tcp(A, B), seenAt },
  ],
  [
    'the router that cannot resolve the address, and says so',
    { code: 'arp-unanswered', about: arp(C, B) },
    { code: 'icmp-unreachable', about: icmp(A, B) },
  ],
  [
    'large segments that are sent again and again',
    { code: 'mtu-blackhole', about: tcp(B, A) },
    { code: 'retransmission', about: tcp(A, B) },
  ],
  [
    'that a router knows no way to the forged sources of a flood',
    { code: 'half-open', count: 500, about: tcp(A, B) },
    { code: 'icmp-unreachable', about: tcp(B, C, 40_000) },
  ],
  [
    'what is not answered behind a flood',
    { code: 'half-open', count: 500, about: tcp(A, B) },
    { code: 'syn-unanswered', about: tcp(C, B) },
  ],
  [
    'what a firewall rejected with a reset',
    { code: 'connection-reset', count: 1, about: tcp(A, B), seenAt: { place: 'a', leg: 'reply' } },
    { code: 'lost-between', count: 1, about: tcp(A, B), seenAt },
  ],
  [
    'pings of which the large ones have no reply either',
    { code: 'mtu-blackhole', about: tcp(A, B) },
    { code: 'echo-unanswered', about: { ...icmp(A, B), ipBytes: 1428 } },
  ],
  [
    'a ping of a host that cannot find the MAC of who asks',
    { code: 'arp-unanswered', about: arp(B, A) },
    { code: 'echo-unanswered', about: icmp(A, B) },
  ],
  [
    'a connection that the other owner of the address refused',
    { code: 'duplicate-address', subject: B },
    { code: 'connection-refused', about: tcp(A, B) },
  ],
  [
    'what a storm on the same link distorts',
    { code: 'l2-loop', frames: at(0), alsoIn: [{ capture: 1, count: 9 }] },
    { code: 'arp-unanswered', about: arp(A, C), frames: at(1) },
  ],
  [
    'that nothing of it arrived at another capture',
    { code: 'syn-unanswered', about: tcp(A, B) },
    { code: 'lost-between', about: tcp(A, B), severity: 'warning' },
  ],
])('withEchoes() tells %s as one finding', (_, cause, echo) => {
  const [told, ...others] = withEchoes([finding(cause), finding(echo)]);

  expect(others).toEqual([]);
  expect(told).toMatchObject({ code: cause.code, echoes: [{ code: echo.code }] });
});

test.each<[string, Partial<Finding>, Partial<Finding>]>([
  ['of other hosts', { code: 'routing-loop', about: icmp(A, B) }, { code: 'echo-unanswered', about: icmp(A, C) }],
  [
    'of another port of the same hosts',
    { code: 'icmp-unreachable', about: tcp(A, B, 80) },
    { code: 'lost-between', about: tcp(A, B, 443), seenAt },
  ],
  [
    'about a host to which few connections are half-open',
    { code: 'half-open', count: 5, about: tcp(A, B) },
    { code: 'icmp-unreachable', about: tcp(B, C, 40_000) },
  ],
  [
    'of a connection of which more was lost than was reset',
    { code: 'connection-reset', count: 1, about: tcp(A, B), seenAt: { place: 'a', leg: 'reply' } },
    { code: 'lost-between', count: 9, about: tcp(A, B), seenAt },
  ],
  [
    'of no size in particular',
    { code: 'mtu-blackhole', about: tcp(A, B) },
    { code: 'echo-unanswered', about: icmp(A, B) },
  ],
  [
    'with a note, which explains nothing',
    { code: 'ttl-exceeded', severity: 'note', about: icmp(A, B) },
    { code: 'echo-unanswered', about: icmp(A, B) },
  ],
  [
    'in a capture where no storm was seen',
    { code: 'l2-loop', frames: at(0) },
    { code: 'arp-unanswered', about: arp(A, C), frames: at(1) },
  ],
  [
    'that was followed to where it was lost',
    { code: 'syn-unanswered', about: tcp(A, B) },
    { code: 'lost-between', about: tcp(A, B), seenAt },
  ],
])('withEchoes() leaves apart what is %s', (_, cause, other) => {
  const findings = [finding(cause), finding(other)];

  expect(withEchoes(findings)).toEqual(findings);
});

test('withEchoes() lets no echo explain, and makes a finding as grave as what is told with it', () => {
  const loop = finding({ code: 'routing-loop', severity: 'warning', about: icmp(A, B) });
  const echo = finding({ code: 'echo-unanswered', about: icmp(A, B) });
  const nothing = finding({ code: 'lost-between', severity: 'warning', about: icmp(A, B) });

  expect(withEchoes([loop, echo, nothing])).toMatchObject([
    { code: 'routing-loop', severity: 'error', echoes: [{ code: 'echo-unanswered' }, { code: 'lost-between' }] },
  ]);
});
