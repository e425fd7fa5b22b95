import { expect, test } from 'vitest';
import { firewallDrop } from '../../../src/faults/rules/firewall-drop.ts';
import { after, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { chain } from '../worlds.ts';

const QUESTION = 'ns1 10.0.2.1';

test('firewall-drop accepts this traffic ahead of the rule that drops it', () => {
  const host = chain({
    r1: { ruleset: iptables('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -s 10.0.1.0/24 -j DROP') },
  });
  const [finding] = findBy(firewallDrop, host, QUESTION);
  expect(finding).toMatchObject({ code: 'firewall-drop', netns: 'r1', device: 'a', leg: 'request' });
  expect(finding?.what).toContain('-A FORWARD -s 10.0.1.0/24 -j DROP');
  expect(commandsFor(host, finding)).toEqual([
    'ip netns exec r1 iptables -I FORWARD 1 -s 10.0.1.1/32 -d 10.0.2.1/32 -p icmp -j ACCEPT',
  ]);
  expect(isProgress(host, QUESTION, finding)).toBe(true);
});

test('firewall-drop accepts the answers too, where the policy would take them next', () => {
  const host = chain({ r1: { ruleset: iptables('filter', ':FORWARD DROP [0:0]') } });
  const [finding] = findBy(firewallDrop, host, QUESTION);
  expect(finding?.what).toContain('the policy of chain');
  expect(finding?.repairs[0]?.edits).toHaveLength(2);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
});

test('firewall-drop is silent about a dropping rule for another source', () => {
  const host = chain({
    r1: { ruleset: iptables('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -s 10.0.9.0/24 -j DROP') },
    ns2: { routes: [] },
  });
  expect(findBy(firewallDrop, host, QUESTION)).toEqual([]);
});
