import { expect, test } from 'vitest';
import type { Host } from '../../../src/host/host.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import { topologyText } from '../../../src/report/text/topology.ts';
import type { Compared } from '../../../src/report/text/topology-lists.ts';
import { compareHosts } from '../../../src/topology/comparison.ts';
import { topologyOf } from '../../../src/topology/topology.ts';
import { forget, hostOf, tweakLink } from '../../helpers/build-host.ts';
import { bridged, cluttered, crowd, hostile, overlay, stacked } from '../../topology/worlds.ts';

function shown(host: Host, fold = true, compared?: Compared): string {
  const topology = compared?.topology ?? topologyOf(host);
  return topologyText(topology, styleOf(false, 80), { fold, takenAt: undefined, compared });
}

test('topologyText() shows ports below their bridge, and where each device leads', () => {
  expect(shown(bridged())).toBe(`\
host
  eth0  physical  192.0.2.1/24  → outside
  br0   bridge    10.0.0.254/24
  ├ p1            → ns1 eth0
  └ p2            → ns2 eth0

ns1
  eth0  10.0.0.1/24  → host p1

ns2
  eth0  10.0.0.2/24  → host p2

Looked  3 namespaces, 9 devices, 5 wires; Linux 6.18.0
`);
});

test('topologyText() tells thirty namespaces that are alike in one, and the odd one by itself', () => {
  expect(shown(tweakLink(crowd(30), 'ns7:eth0', { mtu: 1400 }))).toBe(`\
host
  br0       bridge          10.0.0.254/24
  └ p1…p30  30 veths alike  → ns1…ns30 eth0

ns1…ns6, ns8…ns30  29 alike
  eth0  10.0.0.1…10.0.0.30/24  → host p1…p30

ns7
! eth0  10.0.0.7/24  → host p7  (mtu-differs)

Odd, which may well be meant so; nsdiag explain CODE says more of most
  mtu-differs  ns7 eth0 has MTU 1400, its other end host p7 1500: what is longer
               dies here

Looked  31 namespaces, 92 devices, 60 wires; Linux 6.18.0
`);
});

test('topologyText() tells in one what is odd in the same way', () => {
  const names = Array.from({ length: 9 }, (_, index) => `ns${index + 1}`);
  expect(shown(hostOf(Object.fromEntries(names.map((name) => [name, { links: { lo: { up: false } } }]))))).toBe(`\
ns1…ns9  9 alike
! lo  loopback DOWN

Odd, which may well be meant so; nsdiag explain CODE says more of most
  no-interface  ns1…ns9 holds nothing but lo: no interface was moved into it
  lo-down       ns1…ns9 lo is down: its own addresses do not answer

Looked  9 namespaces, 9 devices, 0 wires; Linux 6.18.0
`);
});

test('topologyText() without folding shows each', () => {
  expect(shown(crowd(30), false).match(/→ host p\d+$/gm)).toHaveLength(30);
});

test('topologyText() puts a sign before what came, changed and went, and does not fold it away', () => {
  const [before, after] = [crowd(6), tweakLink(crowd(5), 'ns2:eth0', { mtu: 1400 })];
  const text = shown(after, true, { ...compareHosts(before, after), since: '2026-11-22T10:00:00Z' });

  expect(text).toMatch(/^\d changes since 2026-11-22T10:00:00Z$/m);
  expect(text).toMatch(/^- .*p6 /m);
  expect(text).toMatch(/^ns6 {2}removed$/m);
  expect(text).toMatch(/^~ eth0 .*10\.0\.0\.2\/24/m);
});

test('topologyText() says why a namespace was not read', () => {
  const text = shown(forget(bridged(), 'ns2', 'links', 'it takes root to enter it'));
  expect(text).toContain('ns2  not read: it takes root to enter it\n');
});

test.each([
  ['a bridge', bridged()],
  ['a tunnel', overlay({ vni: 7 })],
  ['what stands on another device', stacked()],
  ['clutter', cluttered()],
  ['thirty containers', crowd(30)],
  ['hostile names', hostile()],
])('topologyText() of %s keeps the grammar of README.md, and 80 columns', (_, host) => {
  for (const fold of [true, false]) {
    const lines = shown(host, fold).split('\n');
    const known = [/^\S/, /^[ !+~-] [│├└ ]*\S/, /^$/];
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.filter((line) => !known.some((pattern) => pattern.test(line)))).toEqual([]);
  }
});

test('topologyText() shows what a name hides', () => {
  expect(shown(hostile())).toContain('-x--\\u{202e}');
});
