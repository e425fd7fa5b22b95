/** The labs that ship: what they promise as a collection. */

import { expect, test } from 'vitest';
import { findLab, shippedLabs } from '../../src/lab/find.ts';

const LABS = shippedLabs().map((name) => ({ file: name, lab: findLab(name).lab }));

test('the shipped labs are the seven of the tutorials, and those of what they leave out', () => {
  expect(shippedLabs()).toEqual([
    'bridge',
    'bridge-nat',
    'dual-stack',
    'macvlan',
    'mtu-path',
    'names',
    'neighbors',
    'policy-routing',
    'published-port',
    'router-chain',
    'two-firewalls',
    'two-subnets',
    'veth-host',
    'veth-pair',
    'vxlan-overlay',
  ]);
});

test.each(LABS)('lab $file is called like its file, fits 80 columns, and has at least five faults', ({ file, lab }) => {
  expect(lab.name).toBe(file);
  expect(`  ${lab.picture}`.length).toBeLessThanOrEqual(80);
  expect(lab.faults.length).toBeGreaterThanOrEqual(5);
});

test.each(LABS)('lab $file has questions that work while it is healthy, and one that must not', ({ lab }) => {
  expect(new Set(lab.questions.map(({ reachable }) => reachable))).toEqual(new Set([true, false]));
});

test('the labs together show every fault of the vocabulary that one of them can have', () => {
  const shown = new Set(
    LABS.flatMap(({ lab }) => lab.faults.flatMap(({ expect: causes }) => causes.map(({ code }) => code))),
  );
  expect([...shown].sort()).toEqual([
    'accept-ra-off',
    'address-is-broadcast',
    'address-not-found',
    'arp-filtered',
    'bridge-address-on-port',
    'bridge-fdb-wrong',
    'bridge-filter-drop',
    'bridge-netfilter',
    'bridge-port-blocking',
    'bridge-port-isolated',
    'bridge-port-unattached',
    'conntrack-invalid',
    'dad-failed',
    'dangling-veth',
    'destination-ambiguous',
    'disconnected',
    'dnat-missing',
    'dnat-wrong',
    'duplicate-address',
    'duplicate-mac',
    'firewall-drop',
    'firewall-reject',
    'forwarding-off',
    'gateway-unreachable',
    'icmp-ignored',
    'interface-noarp',
    'ipv6-disabled',
    'link-down',
    'listener-elsewhere',
    'lo-down',
    'macvlan-isolated',
    'martian-destination',
    'martian-source',
    'mtu-blackhole',
    'mtu-exceeded',
    'name-unresolved',
    'nat-missing',
    'nat-wrong',
    'neighbor-wrong',
    'no-address',
    'no-carrier',
    'no-interface',
    'no-listener',
    'no-route',
    'policy-rule',
    'route-blackhole',
    'route-prohibit',
    'route-throw',
    'route-unreachable',
    'routing-loop',
    'rp-filter',
    'rule-blackhole',
    'rule-prohibit',
    'rule-unreachable',
    'tc-drop',
    'vxlan-no-fdb',
    'vxlan-port-mismatch',
    'vxlan-vni-mismatch',
    'vxlan-wrong-remote',
    'wrong-gateway',
    'wrong-prefix',
    'wrong-route',
    'wrong-source',
  ]);
});
