import { expect, test } from 'vitest';
import { natMissing } from '../../../src/faults/rules/nat-missing.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, endOf, findBy, isProgress } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { behindBridge } from '../worlds.ts';

test('nat-missing translates what leaves for a place that has no way back', () => {
  const host = behindBridge();
  const findings = findBy(natMissing, host, 'ns1 203.0.113.2');
  expect(findings).toMatchObject([{ code: 'nat-missing', netns: 'host', device: 'up0', leg: 'reply' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(isProgress(host, 'ns1 203.0.113.2', findings[0])).toBe(true);
});

test('nat-missing leaves it to no-route where the far end routes private networks', () => {
  expect(
    findBy(natMissing, behindBridge({ wan: { routes: ['10.0.0.0/8 via 203.0.113.1'] } }), 'ns1 203.0.113.2'),
  ).toEqual([]);
});

test('nat-missing comes before what the outside does with the untranslated packet', () => {
  const ruleset = iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -p icmp -j DROP');
  const host = behindBridge({ wan: { ruleset } });
  expect(codesOf(host, 'ns1 203.0.113.2')).toEqual(['nat-missing', 'firewall-drop']);
});

test('nat-missing asks our own router, not one of the provider further out', () => {
  const host = hostOf({
    a: { links: { eth0: { peer: 'gw:lan', addresses: ['192.168.10.11/24'] } }, routes: ['default via 192.168.10.1'] },
    gw: {
      links: {
        lan: { addresses: ['192.168.10.1/24'] },
        wan: { peer: 'isp:down', addresses: ['203.0.113.2/24'] },
      },
      routes: ['default via 203.0.113.1'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    isp: {
      links: {
        down: { addresses: ['203.0.113.1/24'] },
        up: { peer: 'out:wan', addresses: ['198.51.100.254/24'] },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    out: { links: { wan: { addresses: ['198.51.100.1/24'] } }, routes: ['default via 198.51.100.254'] },
  });
  const findings = findBy(natMissing, host, 'a 198.51.100.1');
  expect(findings).toMatchObject([{ netns: 'gw', device: 'wan' }]);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'a 198.51.100.1')).toBe('answered');
});
