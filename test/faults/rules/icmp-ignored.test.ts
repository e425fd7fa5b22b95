import { expect, test } from 'vitest';
import { icmpIgnored } from '../../../src/faults/rules/icmp-ignored.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('icmp-ignored lets the destination answer', () => {
  const host = pair({ ns2: { sysctls: { 'net/ipv4/icmp_echo_ignore_all': 1 } } });
  const findings = findBy(icmpIgnored, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'icmp-ignored', netns: 'ns2', device: 'veth1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip netns exec ns2 sysctl -w net/ipv4/icmp_echo_ignore_all=0']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('icmp-ignored is silent about TCP, which it does not touch', () => {
  expect(
    findBy(icmpIgnored, pair({ ns2: { sysctls: { 'net/ipv4/icmp_echo_ignore_all': 1 } } }), 'ns1 tcp 10.0.0.2 80'),
  ).toEqual([]);
});
