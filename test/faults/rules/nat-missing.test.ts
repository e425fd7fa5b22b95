import { expect, test } from 'vitest';
import { natMissing } from '../../../src/faults/rules/nat-missing.ts';
import { codesOf, findBy, isProgress } from '../diagnose.ts';
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
