import { expect, test } from 'vitest';
import { firewallReject } from '../../../src/faults/rules/firewall-reject.ts';
import { findBy, isProgress } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { pair } from '../worlds.ts';

test('firewall-reject says what the sender is told', () => {
  const ruleset = iptables(
    'filter',
    ':INPUT ACCEPT [0:0]',
    '-A INPUT -p icmp -j REJECT --reject-with icmp-host-prohibited',
  );
  const host = pair({ ns2: { ruleset } });
  const [finding] = findBy(firewallReject, host, 'ns1 10.0.0.2');
  expect(finding).toMatchObject({ code: 'firewall-reject', netns: 'ns2', device: 'veth1', leg: 'request' });
  expect(finding?.why).toContain('icmp-host-prohibited');
  expect(isProgress(host, 'ns1 10.0.0.2', finding)).toBe(true);
});

test('firewall-reject leaves a rule that drops to firewall-drop', () => {
  const host = pair({ ns2: { ruleset: iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -p icmp -j DROP') } });
  expect(findBy(firewallReject, host, 'ns1 10.0.0.2')).toEqual([]);
});
