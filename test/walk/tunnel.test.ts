/** vxlan, and what its wrapping meets. */

import { expect, test } from 'vitest';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { type HostSpec, hostOf, type LinkSpec, tweakLink } from '../helpers/build-host.ts';
import { addr } from '../helpers/iproute-text.ts';
import { end, stepText } from './hosts.ts';

function overlay(a: LinkSpec['detail'], b: LinkSpec['detail'], fdb: { a?: string[]; b?: string[] } = {}): HostSpec {
  return {
    a: {
      links: {
        ua: { peer: 'b:ub', addresses: ['192.168.0.1/24'] },
        vx0: { kind: 'vxlan', addresses: ['10.42.0.1/24'], ...(a === undefined ? {} : { detail: a }) },
      },
      fdb: fdb.a ?? [],
    },
    b: {
      links: {
        ub: { addresses: ['192.168.0.2/24'] },
        vx0: { kind: 'vxlan', addresses: ['10.42.0.2/24'], ...(b === undefined ? {} : { detail: b }) },
      },
      fdb: fdb.b ?? [],
    },
  };
}
const TO_B = { remote: addr('192.168.0.2') };
const TO_A = { remote: addr('192.168.0.1') };

test.each([
  ['both know each other', overlay(TO_B, TO_A), 'delivered'],
  ['one knows, the other learns', overlay(TO_B, {}), 'delivered'],
  ['one knows, the other does not learn', overlay(TO_B, { learning: false }), 'request neighbor-unanswered at a:vx0'],
  [
    'by an all-zero entry',
    overlay({}, TO_A, { a: ['00:00:00:00:00:00 dev vx0 dst 192.168.0.2 permanent'] }),
    'delivered',
  ],
  ['nobody knows', overlay({}, TO_A), 'request neighbor-unanswered at a:vx0'],
  ['another number', overlay(TO_B, { ...TO_A, vni: 43 }), 'request tunnel-unmatched at b:ub'],
  ['another port', overlay(TO_B, { ...TO_A, dstPort: 4790 }), 'request tunnel-unmatched at b:ub'],
  [
    'a remote that is not there',
    overlay({ remote: addr('192.168.0.77') }, TO_A),
    'request neighbor-unanswered at a:ua',
  ],
  ['a remote that no route leads to', overlay({ remote: addr('172.16.0.1') }, TO_A), 'request no-route at a'],
  [
    'a local address that is not ours',
    overlay({ ...TO_B, local: addr('192.168.0.9') }, TO_A),
    'request source-not-ours at a',
  ],
  [
    'a static entry that leads elsewhere',
    overlay(TO_B, TO_A, { a: ['02:00:00:02:00:03 dev vx0 dst 192.168.0.77 static'] }),
    'request neighbor-unanswered at a:vx0',
  ],
  [
    'itself as underlay',
    overlay({ remote: addr('10.42.0.2') }, TO_A),
    'request undecided: vx0 would be its own underlay',
  ],
  ['external', overlay({ external: true }, TO_A), 'request undecided: a:vx0 is not modelled (vxlan external)'],
])('a vxlan: %s', (_, spec, expected) => {
  expect(end(hostOf(spec), 'a', '10.42.0.2')).toBe(expected);
});

test('carryThrough() shows the packet, its wrapping, and the packet again', () => {
  const { steps } = walkRoundTrip(hostOf(overlay(TO_B, TO_A)), ask('a', '10.42.0.2')).request;
  expect(steps.map(stepText).filter((text) => /gress|caps/.test(text))).toEqual([
    'egress a:vx0',
    'encapsulate a:vx0',
    'egress a:ua',
    'ingress b:ub',
    'decapsulate b:vx0',
    'ingress b:vx0',
  ]);
  // 84 bytes of ICMP, wrapped: Ethernet 14, vxlan 8, UDP 8, IPv4 20.
  expect(steps.find(({ stage }) => stage === 'encapsulate')).toMatchObject({
    vni: 42,
    remote: '192.168.0.2',
    outer: { lengthBytes: 134 },
  });
});

test.each([
  [1, /^request undecided: vx0 in a sends with TTL 1, which runs out in r/],
  [2, /^delivered/],
])('carryThrough() sends with the TTL of the tunnel: %d', (ttl, expected) => {
  const host = hostOf({
    a: {
      links: {
        ua: { peer: 'r:ra', addresses: ['192.168.0.1/24'] },
        vx0: { kind: 'vxlan', addresses: ['10.42.0.1/24'], detail: { remote: addr('192.168.1.2'), ttl } },
      },
      routes: ['default via 192.168.0.254'],
    },
    r: {
      links: { ra: { addresses: ['192.168.0.254/24'] }, rb: { peer: 'b:ub', addresses: ['192.168.1.254/24'] } },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    b: {
      links: {
        ub: { addresses: ['192.168.1.2/24'] },
        vx0: { kind: 'vxlan', addresses: ['10.42.0.2/24'], detail: { remote: addr('192.168.0.1') } },
      },
      routes: ['default via 192.168.1.254'],
    },
  });
  expect(end(host, 'a', '10.42.0.2')).toMatch(expected);
});

test('carryThrough() dies of what its wrapping dies of', () => {
  const down = tweakLink(hostOf(overlay(TO_B, TO_A)), 'b:ub', { up: false });
  const off = tweakLink(down, 'a:ua', { carrier: false });
  expect(end(off, 'a', '10.42.0.2')).toBe('request no-carrier at a:ua');
});
