import { expect, test } from 'vitest';
import { neighborWrong } from '../../../src/faults/rules/neighbor-wrong.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('neighbor-wrong forgets a permanent entry with a MAC that nobody has', () => {
  const host = pair({ ns1: { neighbors: ['10.0.0.2 dev veth0 lladdr 02:aa:aa:aa:aa:aa permanent'] } });
  const findings = findBy(neighborWrong, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'neighbor-wrong', netns: 'ns1', device: 'veth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 neigh del 10.0.0.2 dev veth0']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('neighbor-wrong is silent about a permanent entry that is right', () => {
  expect(
    findBy(
      neighborWrong,
      pair({
        ns1: { neighbors: ['10.0.0.2 dev veth0 lladdr 02:00:00:02:00:02 permanent'] },
        ns2: { sysctls: { 'net/ipv4/icmp_echo_ignore_all': 1 } },
      }),
      'ns1 10.0.0.2',
    ),
  ).toEqual([]);
});
