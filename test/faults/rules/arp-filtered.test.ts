import { expect, test } from 'vitest';
import { arpFiltered } from '../../../src/faults/rules/arp-filtered.ts';
import type { Host } from '../../../src/host/host.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { nftDropping, nftDroppingOn } from '../rulesets.ts';
import { chain, pair } from '../worlds.ts';

test('arp-filtered names arp_ignore where the address is on another interface', () => {
  const host = hostOf({
    ns1: { links: { eth0: { peer: 'ns2:eth0', addresses: ['10.0.0.1/24'] } } },
    ns2: {
      links: { eth0: { addresses: ['10.0.0.3/24'] }, d0: { kind: 'dummy', addresses: ['10.0.0.2/32'] } },
      sysctls: { 'net/ipv4/conf/all/arp_ignore': 1 },
    },
  });
  const findings = findBy(arpFiltered, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'arp-filtered', netns: 'ns2', device: 'eth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip netns exec ns2 sysctl -w net/ipv4/conf/all/arp_ignore=0']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('arp-filtered is silent when arp_ignore is 1 and the asked interface has the address', () => {
  expect(
    findBy(arpFiltered, pair({ ns2: { sysctls: { 'net/ipv4/conf/all/arp_ignore': 1 } } }), 'ns1 10.0.0.77'),
  ).toEqual([]);
});

test('arp-filtered names arp_filter where the answer would leave by another interface', () => {
  const host = hostOf({
    ns1: { links: { eth0: { peer: 'ns2:eth0', addresses: ['10.0.0.1/24'] } } },
    ns2: {
      links: { eth0: { addresses: ['10.0.0.2/32'] }, d0: { kind: 'dummy', addresses: ['10.0.0.9/24'] } },
      sysctls: { 'net/ipv4/conf/eth0/arp_filter': 1 },
    },
  });
  const findings = findBy(arpFiltered, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ netns: 'ns2', device: 'eth0' }]);
  expect(commandsFor(host, findings[0])).toEqual(['ip netns exec ns2 sysctl -w net/ipv4/conf/eth0/arp_filter=0']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('arp-filtered names the router that does not stand in for who is behind it', () => {
  const host = chain({ ns1: { routes: ['10.0.2.0/24 dev e0'] } });
  const findings = findBy(arpFiltered, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'arp-filtered', netns: 'r1', device: 'a', leg: 'request' }]);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 route change 10.0.2.0/24 via 10.0.1.254 dev e0']);
  for (const repair of findings[0]?.repairs ?? []) {
    expect(endOf(after(host, repair), 'ns1 10.0.2.1')).toBe('answered');
  }
  expect(findings[0]?.repairs).toHaveLength(2);
  expect(codesOf(host, 'ns1 10.0.2.1')).toEqual(['arp-filtered']);
});

test('arp-filtered is silent about a router that stands in', () => {
  const host = chain({
    ns1: { routes: ['10.0.2.0/24 dev e0'] },
    r1: {
      routes: ['10.0.2.0/24 via 10.0.12.2'],
      sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/a/proxy_arp': 1 },
    },
  });
  expect(endOf(host, 'ns1 10.0.2.1')).toBe('answered');
  expect(findBy(arpFiltered, host, 'ns1 10.0.2.1')).toEqual([]);
});

/** fd00:1::b is behind r, in a network that a takes for its own wire. */
function withoutProxyNdp(sysctls: Readonly<Record<string, number>>): Host {
  return hostOf({
    a: { links: { eth0: { peer: 'r:in', addresses: ['fd00:1::2/64'] } } },
    r: {
      links: { in: { addresses: ['fd00:1::1/64'] }, out: { peer: 'b:eth0', addresses: ['fd00:2::1/64'] } },
      routes: ['fd00:1::b/128 dev out'],
      sysctls: { 'net/ipv6/conf/all/forwarding': 1, ...sysctls },
    },
    b: { links: { eth0: { addresses: ['fd00:1::b/128', 'fd00:2::b/64'] } }, routes: ['fd00:1::/64 via fd00:2::1'] },
  });
}

test.each([
  [
    'all of it',
    {},
    ['ip netns exec r sysctl -w net/ipv6/conf/in/proxy_ndp=1', 'ip -n r neigh add proxy fd00:1::b dev in'],
  ],
  ['the entry', { 'net/ipv6/conf/all/proxy_ndp': 1 }, ['ip -n r neigh add proxy fd00:1::b dev in']],
])(
  'arp-filtered lets a router stand in for an IPv6 address behind it, and asks for what is missing: %s',
  (_, sysctls, fix) => {
    const host = withoutProxyNdp(sysctls);
    const [finding] = findBy(arpFiltered, host, 'a fd00:1::b');
    expect(finding).toMatchObject({ netns: 'r', device: 'in', leg: 'request' });
    expect(commandsFor(host, finding)).toEqual(fix);
    expect(endOf(after(host, finding?.repairs.at(-1)), 'a fd00:1::b')).toBe('answered');
    expect(codesOf(host, 'a fd00:1::b')).toEqual(['arp-filtered']);
  },
);

test('arp-filtered names the rule of the arp family, and accepts ARP ahead of it', () => {
  const host = pair({ ns2: { ruleset: nftDropping('arp', 'input') } });
  const findings = findBy(arpFiltered, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'arp-filtered', netns: 'ns2' }]);
  expect(findings[0]?.what).toBe('ns2 drops ARP at the input hook: the rule with handle 3 of arp t c (nft): drop');
  expect(codesOf(host, 'ns1 10.0.0.2')).toEqual(['arp-filtered']);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip netns exec ns2 nft insert rule arp t c handle 3 ether type arp accept',
  ]);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'ns1 10.0.0.2')).toBe('answered');
});

test.each([
  ['ingress', 'ip saddr 10.0.0.1 ip daddr 10.0.0.2'],
  ['egress', 'ip saddr 10.0.0.2 ip daddr 10.0.0.1'],
])('arp-filtered names the policy of a chain at %s of a device, and accepts the traffic too', (hook, ends) => {
  const host = pair({ ns2: { ruleset: nftDroppingOn('netdev', hook, 'veth1') } });
  const [finding] = findBy(arpFiltered, host, 'ns1 10.0.0.2');
  expect(finding?.what).toBe(`ns2 drops ARP at the ${hook} hook: the policy of chain netdev t c (nft)`);
  expect(commandsFor(host, finding)).toEqual([
    'ip netns exec ns2 nft add rule netdev t c ether type arp accept',
    `ip netns exec ns2 nft add rule netdev t c ${ends} meta l4proto icmp accept`,
  ]);
  expect(endOf(after(host, finding?.repairs[0]), 'ns1 10.0.0.2')).toBe('answered');
});

test('arp-filtered is silent about a chain of another device, and of one that nobody knows', () => {
  const other = pair({ ns2: { ruleset: nftDroppingOn('netdev', 'ingress', 'lo') } });
  expect(endOf(other, 'ns1 10.0.0.2')).toBe('answered');
  const unsaid = pair({ ns2: { ruleset: nftDroppingOn('netdev', 'ingress', undefined) } });
  expect(findBy(arpFiltered, unsaid, 'ns1 10.0.0.2')).toEqual([]);
  expect(endOf(unsaid, 'ns1 10.0.0.2')).toBe('request: undecided');
});
