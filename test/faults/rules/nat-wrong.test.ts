import { expect, test } from 'vitest';
import { natWrong } from '../../../src/faults/rules/nat-wrong.ts';
import type { Host } from '../../../src/host/host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { behindBridge } from '../worlds.ts';

const QUESTION = 'ns1 203.0.113.2';

function translating(...rules: readonly string[]): Host {
  const ruleset = iptables('nat', ':POSTROUTING ACCEPT [0:0]', ...rules);
  return behindBridge({ host: { ruleset, sysctls: { 'net/ipv4/ip_forward': 1 } } });
}

test.each([
  ['a wrong source', '-A POSTROUTING -s 192.168.11.0/24 -o up0 -j MASQUERADE', 'source 192.168.11.0/24'],
  ['a wrong interface', '-A POSTROUTING -s 192.168.10.0/24 -o br0 -j MASQUERADE', 'out device br0'],
])('nat-wrong names %s and adds the right rule', (_, rule, asksFor) => {
  const host = translating(rule);
  const [finding] = findBy(natWrong, host, QUESTION);
  expect(finding).toMatchObject({ code: 'nat-wrong', netns: 'host', device: 'up0' });
  expect(finding?.what).toContain(asksFor);
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -A POSTROUTING -s 192.168.10.0/24 -o up0 -j MASQUERADE',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
  expect(codesOf(host, QUESTION)).toEqual(['nat-wrong']);
});

test('nat-wrong puts the right rule ahead of one that takes the packet first', () => {
  const host = translating(
    '-A POSTROUTING -s 192.168.0.0/16 -j RETURN',
    '-A POSTROUTING -s 192.168.10.0/24 -o up0 -j MASQUERADE',
  );
  const [finding] = findBy(natWrong, host, QUESTION);
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -I POSTROUTING 1 -s 192.168.10.0/24 -o up0 -j MASQUERADE',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
});

test('nat-wrong blames a rule that keeps the packet from connection tracking', () => {
  const raw = ['COMMIT', '*raw', ':PREROUTING ACCEPT [0:0]', '-A PREROUTING -s 192.168.10.0/24 -j CT --notrack'];
  const host = translating('-A POSTROUTING -o up0 -j MASQUERADE', ...raw);
  const [finding] = findBy(natWrong, host, QUESTION);
  expect(finding?.what).toContain('-s 192.168.10.0/24 -j CT --notrack keeps it from connection tracking');
  expect(commandsFor(host, finding)[0]).toMatch(/^iptables -t raw -I PREROUTING 1 -s .* -p icmp -j ACCEPT$/);
  for (const repair of finding?.repairs ?? []) expect(endOf(after(host, repair), QUESTION)).toBe('answered');
  expect(finding?.repairs).toHaveLength(2);
});

test('nat-wrong names a translation to an address that nobody has', () => {
  const host = translating('-A POSTROUTING -s 192.168.10.0/24 -o up0 -j SNAT --to-source 203.0.113.77');
  const [finding] = findBy(natWrong, host, QUESTION);
  expect(finding?.what).toBe('host translates 192.168.10.11 to 203.0.113.77, which nobody has');
});

test('nat-wrong leaves a rule that serves another network alone: the one for this packet is missing', () => {
  const host = translating('-A POSTROUTING -s 203.0.113.0/24 -o br0 -j MASQUERADE');
  expect(findBy(natWrong, host, QUESTION)).toEqual([]);
  expect(codesOf(host, QUESTION)).toEqual(['nat-missing']);
});
