import { expect, test } from 'vitest';
import { neighborUnresolved } from '../../../src/faults/rules/neighbor-unresolved.ts';
import { findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('neighbor-unresolved says how far the question got', () => {
  const host = pair({ veth1: { noArp: true } });
  const findings = findBy(neighborUnresolved, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'neighbor-unresolved', netns: 'ns1', device: 'veth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('neighbor-unresolved is silent when the neighbour answers', () => {
  expect(
    findBy(neighborUnresolved, pair({ ns2: { sysctls: { 'net/ipv4/icmp_echo_ignore_all': 1 } } }), 'ns1 10.0.0.2'),
  ).toEqual([]);
});
