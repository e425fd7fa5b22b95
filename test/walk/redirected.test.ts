import { expect, test } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { codesOf, endOf } from '../faults/diagnose.ts';
import { iptables } from '../faults/rulesets.ts';
import { ask } from '../helpers/ask.ts';
import { hostOf } from '../helpers/build-host.ts';

/** a 10.0.0.1 and b 10.0.0.2 on the ports pa and pb of br0 10.0.0.254, whose port 8080 is b's port 80. */
function led(more: { hairpin?: boolean; vlanFiltering?: boolean; calls?: 0 | 1 } = {}): Host {
  const ruleset = iptables(
    'nat',
    ':PREROUTING ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    '-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80',
    '-A POSTROUTING -s 10.0.0.2/32 -j MASQUERADE',
  );
  return hostOf({
    r: {
      links: {
        br0: {
          kind: 'bridge',
          addresses: ['10.0.0.254/24'],
          detail: { vlanFiltering: more.vlanFiltering ?? false },
        },
        pa: { peer: 'a:e', master: 'br0' },
        pb: { peer: 'b:e', master: 'br0', port: { hairpin: more.hairpin ?? false } },
      },
      ...(more.vlanFiltering === true && {
        vlans: ['br0 1 pvid untagged', 'pa 1 pvid untagged', 'pb 1 pvid untagged'],
      }),
      sysctls: { 'net/ipv4/ip_forward': 1, 'net/bridge/bridge-nf-call-iptables': more.calls ?? 1 },
      ruleset,
    },
    a: { links: { e: { addresses: ['10.0.0.1/24'] } } },
    b: { links: { e: { addresses: ['10.0.0.2/24'] } }, sockets: ['tcp 0.0.0.0:80'] },
  });
}

test('redirect() bridges on what leads back behind the bridge: it never shows on br0, and keeps its TTL', () => {
  const { request, reply } = walkRoundTrip(led(), ask('a', '10.0.0.254', { to: 'tcp/8080' }));
  const shown = request.steps.filter(({ stage }) => stage === 'ingress' || stage === 'egress');
  expect(shown.map(({ netns, device }) => `${netns} ${device}`)).toEqual(['a e', 'r pa', 'r pb', 'b e']);
  expect(shown.at(-1)).toMatchObject({ packet: { destination: '10.0.0.2', ttl: 64 } });
  expect(reply?.fate.kind).toBe('delivered');
});

test('redirect() hands it up to be routed where br_netfilter does not translate', () => {
  const { request } = walkRoundTrip(led({ calls: 0 }), ask('a', '10.0.0.254', { to: 'tcp/8080' }));
  expect(request.steps.some(({ stage, device }) => stage === 'egress' && device === 'br0')).toBe(true);
});

test('redirect() sends nothing back by the port that it came in by, unless hairpin is on there', () => {
  const question = 'b tcp 10.0.0.254 8080';
  expect(endOf(led(), question)).toBe('request: frame-blocked in r');
  expect(codesOf(led(), question)).toEqual(['bridge-hairpin-off']);
  expect(endOf(led({ hairpin: true }), question)).toBe('answered');
  expect(endOf(led({ calls: 0 }), question)).toBe('answered');
});

test('redirect() is undecided on a bridge that filters VLANs', () => {
  expect(endOf(led({ vlanFiltering: true }), 'a tcp 10.0.0.254 8080')).toBe('request: undecided');
});
