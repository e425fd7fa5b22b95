import { expect, test } from 'vitest';
import type { DeviceName } from '../../../src/host/link.ts';
import { describeMatch } from '../../../src/walk/netfilter/describe.ts';
import { type NatKind, nearMisses } from '../../../src/walk/netfilter/near-misses.ts';
import { iptablesRules, passage } from './hook.ts';

function misses(rules: readonly string[], kinds: readonly NatKind[] = ['masquerade']) {
  const pass = passage(iptablesRules('nat', rules), { hook: 'postrouting', outDevice: 're2' as DeviceName });
  return nearMisses(pass, kinds).map(({ rule, failed }) => [rule.ref.text, failed.map(describeMatch)]);
}

test('nearMisses() says which conditions of a translating rule the packet does not meet', () => {
  expect(misses(['-A POSTROUTING -s 192.168.11.0/24 -o eth1 -j MASQUERADE'])).toEqual([
    ['-A POSTROUTING -s 192.168.11.0/24 -o eth1 -j MASQUERADE', ['source 192.168.11.0/24', 'out device eth1']],
  ]);
});

test('nearMisses() counts what the rules say that lead to the chain', () => {
  const rules = ['-N OWN', '-A POSTROUTING ! -o re2 -j OWN', '-A OWN -s 10.0.1.0/24 -j MASQUERADE'];

  expect(misses(rules)).toEqual([['-A OWN -s 10.0.1.0/24 -j MASQUERADE', ['out device not re2']]]);
});

test('nearMisses() takes the nearest of several ways to a rule', () => {
  const rules = [
    '-N OWN',
    '-A POSTROUTING -o x -d 192.0.2.1/32 -j OWN',
    '-A POSTROUTING -o x -j OWN',
    '-A OWN -j MASQUERADE',
  ];

  expect(misses(rules)).toEqual([['-A OWN -j MASQUERADE', ['out device x']]]);
});

test('nearMisses() has nothing against a rule that an earlier one keeps the packet from', () => {
  expect(misses(['-A POSTROUTING -j ACCEPT', '-A POSTROUTING -j MASQUERADE'])).toEqual([
    ['-A POSTROUTING -j MASQUERADE', []],
  ]);
});

test('nearMisses() tells the kinds that it was asked for', () => {
  const rules = ['-A POSTROUTING -o x -j MASQUERADE', '-A POSTROUTING -o y -j SNAT --to-source 192.0.2.1'];

  expect(misses(rules, ['snat'])).toEqual([['-A POSTROUTING -o y -j SNAT --to-source 192.0.2.1', ['out device y']]]);
  expect(misses(['-A POSTROUTING -j ACCEPT'])).toEqual([]);
});
