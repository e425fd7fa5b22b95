import { expect, test } from 'vitest';
import { arpFiltered } from '../../../src/faults/rules/arp-filtered.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
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
