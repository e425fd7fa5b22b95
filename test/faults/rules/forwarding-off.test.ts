import { expect, test } from 'vitest';
import { forwardingOff } from '../../../src/faults/rules/forwarding-off.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { chain } from '../worlds.ts';

test('forwarding-off lets the router forward', () => {
  const host = chain({ r2: { routes: ['10.0.1.0/24 via 10.0.12.1'], sysctls: { 'net/ipv4/ip_forward': 0 } } });
  const findings = findBy(forwardingOff, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'forwarding-off', netns: 'r2', device: 'a', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip netns exec r2 sysctl -w net/ipv4/ip_forward=1']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test('forwarding-off is silent when only the other interface does not forward: the request passes', () => {
  expect(
    findBy(
      forwardingOff,
      chain({
        r1: {
          routes: ['10.0.2.0/24 via 10.0.12.2'],
          sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/b/forwarding': 0 },
        },
        ns2: { routes: [] },
      }),
      'ns1 10.0.2.1',
    ),
  ).toEqual([]);
});
